using System.Diagnostics;
using AdapterHub.Engine.Blending;
using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Benchmarks;

/// <summary>Three rank-16 adapters on all linear layers of a 1B Llama (hidden 2048, 16 layers, 32 heads, 8 key-value heads, ffn 8192), blended.</summary>
internal static class BlendBenchmark
{
    private const int Rank = 16;
    private const int Hidden = 2048;
    private const int Layers = 16;

    private static readonly (string Name, int Inputs, int Outputs)[] Linears =
    [
        ("self_attn.q_proj", Hidden, Hidden), ("self_attn.k_proj", Hidden, 512), ("self_attn.v_proj", Hidden, 512), ("self_attn.o_proj", Hidden, Hidden),
        ("mlp.gate_proj", Hidden, 8192), ("mlp.up_proj", Hidden, 8192), ("mlp.down_proj", 8192, Hidden),
    ];

    public static int Run(string device, int rounds)
    {
        var place = Device.Parse(device);
        var exact = new BlendRecipe { Parents = [.. new[] { 0.7, 0.5, -0.3 }.Select((weight, index) => BlendParent.FromAdapter($"adapter{index}", Make((ulong)index), weight))] };
        var lowRank = exact with { Method = BlendMethod.LowRank, Rank = Rank };
        Console.WriteLine($"three rank-{Rank} adapters, {Layers * Linears.Length} modules, {TorchRuntime.Threads} threads, {place}; seconds in memory, files not counted");
        var slerp = exact with { Method = BlendMethod.Slerp, Parents = [.. exact.Parents.Take(2)] };
        var knots = exact with { Method = BlendMethod.KnotsTies, Density = 0.5, Rank = Rank };
        var oneLayer = exact with { Method = BlendMethod.Ties, Density = 0.5, Rank = Rank, Parents = [.. exact.Parents.Select(OneLayer)] };
        for (var round = 0; round < rounds; round++)
        {
            Console.WriteLine(
                $"round {round + 1}: exact {Time(exact, place):F2}, rank {Rank} {Time(lowRank, place):F2}, slerp of two {Time(slerp, place):F2}, "
                + $"KnOTS to rank {Rank} {Time(knots, place):F2}, interference report {Report(exact):F2}; TIES of one layer to rank {Rank} {Time(oneLayer, place):F2}");
        }

        return 0;
    }

    /// <summary>All seven linears of the first layer: methods of full rank take sixteen times as long for all.</summary>
    private static BlendParent OneLayer(BlendParent parent) =>
        parent with { Adapter = parent.Adapter! with { Modules = [.. parent.Adapter!.Modules.Where(module => module.Path.StartsWith("model.layers.0.", StringComparison.Ordinal))] } };

    private static double Report(BlendRecipe recipe)
    {
        var started = Stopwatch.GetTimestamp();
        InterferenceMeasurement.Run(recipe);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Time(BlendRecipe recipe, Device device)
    {
        var started = Stopwatch.GetTimestamp();
        if (Blend.Run(recipe, device) is not BlendResult.Done)
            throw new InvalidOperationException("The blend was refused.");
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static LoraAdapter Make(ulong seed)
    {
        using var scope = new TensorScope();
        TorchRandom.Seed(seed);
        var modules = from layer in Enumerable.Range(0, Layers)
                      from linear in Linears
                      select new LoraModule
                      {
                          Path = $"model.layers.{layer}.{linear.Name}",
                          A = Random(Rank, linear.Inputs),
                          B = Random(linear.Outputs, Rank),
                          Rank = Rank,
                          Alpha = 2 * Rank,
                      };
        var (config, described) = PeftConfigs.Describe(new PeftConfig { TaskType = "CAUSAL_LM" }, modules);
        return new LoraAdapter { Config = config, Modules = described };
    }

    private static AdapterTensor Random(long rows, long columns) => AdapterTensor.FromSingles(Tensor.Randn([rows, columns]).ToArray<float>(), [rows, columns]);
}
