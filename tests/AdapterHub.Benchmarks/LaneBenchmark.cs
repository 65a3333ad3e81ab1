using System.Diagnostics;
using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>Rows with different blends against as many rows of the base, in turn; and the time from a new blend to the first token of every lane.</summary>
internal static class LaneBenchmark
{
    private const int Prompt = 24;

    /// <param name="model">A folder with a model, or one of <see cref="SpeedShapes"/>.</param>
    /// <param name="isGreedy">Always the most probable token, as peers' scripts do; otherwise drawn as pages draw.</param>
    internal static int Run(string model, string device, int rows, int rounds, int tokens, bool isGreedy)
    {
        var place = Device.Parse(device);
        using var loaded = Directory.Exists(model)
            ? CausalModel.Load(model, place, place.IsCuda ? DType.BFloat16 : DType.Float32)
            : TrainSpeed.Frozen(model, place, place.IsCuda ? DType.BFloat16 : DType.Float32);
        var adapters = Adapters(loaded, model);
        Console.WriteLine($"{model} on {device}, {rows} rows, {adapters.Count} adapters ({string.Join(", ", adapters.Select(adapter => $"{adapter.Name} r {adapter.Adapter.Config.Rank}"))}), {tokens} tokens a row, {(isGreedy ? "greedy" : "drawn")}");
        using var batch = new LaneBatch(loaded, new LaneBatchOptions { PassTokens = place.IsCuda ? 2048 : 256 });
        Generate(batch, rows, tokens / 4, Blend, isGreedy);
        for (var round = 1; round <= rounds; round++)
        {
            var (plain, one, blends) = (Generate(batch, rows, tokens, _ => LaneBlend.Base, isGreedy), Generate(batch, rows, tokens, One, isGreedy), Generate(batch, rows, tokens, Blend, isGreedy));
            Console.WriteLine($"round {round}: base {plain.Wall:F0}, one adapter a row {one.Wall:F0}, {rows} blends of {adapters.Count} {blends.Wall:F0} tok/s; ratio {one.Wall / plain.Wall:F2} and {blends.Wall / plain.Wall:F2}; "
                + $"by processor time {plain.Work:F0}, {one.Work:F0}, {blends.Work:F0} tok/s; ratio {one.Work / plain.Work:F2} and {blends.Work / plain.Work:F2}");
        }

        for (var round = 1; round <= rounds; round++)
            Console.WriteLine($"first token of {rows} lanes of new weights, prompt of 24: {FirstToken(batch, rows, Prompt, Blend, isGreedy):F1} ms; of 128: {FirstToken(batch, rows, 128, Blend, isGreedy):F1} ms");
        if (place.IsCuda)
        {
            var (same, difference) = Agreement(place);
            Console.WriteLine($"recorded and plain passes of the 12M shape in f32: {same:P1} of 8 x 64 drawn tokens are the same, their log-probabilities to {difference:G2}");
        }

        return 0;

        LaneBlend One(int row) => new([new LaneShare(adapters[row % adapters.Count], 1)]);
        LaneBlend Blend(int row) => new(adapters.Select((adapter, index) => new LaneShare(adapter, 0.2 + 0.1 * ((row + index) % 8))));
    }

    /// <summary>Tokens a second of the clock, and of this process's own processor time, which other programs on the machine do not change much.</summary>
    private static (double Wall, double Work) Generate(LaneBatch batch, int rows, int tokens, Func<int, LaneBlend> blend, bool isGreedy)
    {
        Fill(batch, rows, Prompt, tokens + 1, blend, isGreedy);
        batch.Step();
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var made = 0;
        while (batch.Rows > 0)
            made += batch.Step().OfType<TokenMade>().Count();
        return (made / watch.Elapsed.TotalSeconds, made / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    /// <summary>
    /// Rows of different blends by recorded passes and by passes as they are: the share of the tokens that are the same, and the largest difference of their
    /// log-probabilities up to the first that is not. A draw is another where rounding moves a token over a boundary.
    /// </summary>
    private static (double Same, double Difference) Agreement(Device device)
    {
        using var model = TrainSpeed.Frozen("12M", device, DType.Float32);
        var adapters = Adapters(model, "12M");
        var made = new[] { true, false }.Select(recorded =>
        {
            using var batch = new LaneBatch(model, new LaneBatchOptions { RecordsDecoding = recorded });
            var rows = Enumerable.Range(0, 8).Select(row => new GeneratingRow(
                new([.. adapters.Select((adapter, place) => new LaneShare(adapter, 0.2 + 0.1 * row - 0.3 * place))]), [.. Enumerable.Range(1, 5 + 7 * row)],
                new SamplingOptions { MaxNewTokens = 64, IgnoreEnd = true, Seed = (ulong)row })).ToList();
            rows.ForEach(row => batch.TryAdd(row));
            var scores = rows.ToDictionary(row => (LaneRow)row, _ => new List<TokenScore>());
            while (batch.Rows > 0)
                foreach (var token in batch.Step().OfType<TokenMade>())
                    scores[token.Row].Add(token.Score);
            return rows.ConvertAll(row => scores[row]);
        }).ToList();
        var pairs = made[0].Zip(made[1], (one, other) => one.Zip(other).ToList()).ToList();
        return (pairs.SelectMany(row => row).Average(pair => pair.First.Token == pair.Second.Token ? 1.0 : 0),
            pairs.SelectMany(row => row.TakeWhile(pair => pair.First.Token == pair.Second.Token)).Max(pair => Math.Abs(pair.First.LogProbability - pair.Second.LogProbability)));
    }

    private static double FirstToken(LaneBatch batch, int rows, int prompt, Func<int, LaneBlend> blend, bool isGreedy)
    {
        var watch = Stopwatch.StartNew();
        Fill(batch, rows, prompt, 1, blend, isGreedy);
        while (batch.Rows > 0)
            batch.Step();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static void Fill(LaneBatch batch, int rows, int prompt, int tokens, Func<int, LaneBlend> blend, bool isGreedy)
    {
        var usual = isGreedy ? SamplingOptions.Greedy : new SamplingOptions();
        for (var row = 0; row < rows; row++)
            batch.TryAdd(new GeneratingRow(blend(row), [.. Enumerable.Range(1, prompt)], usual with { MaxNewTokens = tokens, IgnoreEnd = true, Seed = (ulong)row }));
    }

    /// <summary>The seed's adapters for its model, else three random ones of rank 16 on all linears.</summary>
    private static List<ResidentAdapter> Adapters(CausalModel model, string name)
    {
        var folder = Path.GetFullPath(Path.Combine(name, "..", "..", "adapters"));
        if (Directory.Exists(name) && Directory.Exists(folder))
            return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(path => ResidentAdapter.Place(model, PeftAdapterFolder.Read(path), Path.GetFileName(path)))];
        return [.. Enumerable.Range(0, 3).Select(index => ResidentAdapter.Place(model, Random(model, index), $"random {index}"))];
    }

    private static LoraAdapter Random(CausalModel model, int seed)
    {
        using var scope = new TensorScope();
        using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 16, LoraAlpha = 32, TargetModules = ModuleSelection.AllLinear }, (ulong)seed);
        var adapter = binding.ToAdapter();
        return adapter with { Modules = [.. adapter.Modules.Select(module => module with { B = Small(module.B, seed) })] };
    }

    private static AdapterTensor Small(AdapterTensor zeros, int seed)
    {
        var random = new Random(seed);
        return AdapterTensor.FromSingles([.. Enumerable.Range(0, (int)zeros.Count).Select(_ => (float)(random.NextDouble() - 0.5) * 0.01f)], [.. zeros.Shape]);
    }
}
