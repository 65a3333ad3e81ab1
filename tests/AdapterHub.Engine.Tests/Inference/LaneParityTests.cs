using System.Text.Json.Nodes;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Every lane of a mixed batch against an isolated model with its changes merged in f64, and against PEFT's own logits.</summary>
public sealed class LaneParityTests
{
    /// <summary>
    /// On log-probabilities of order ten: f32 products of two to three layers in another order than the merged weights', which are rounded once themselves.
    /// </summary>
    private const double Tolerance = 5e-4;

    private static readonly string[] Bases = ["llama3-untied", "llama-headdim", "qwen2", "qwen3", "mistral-window"];

    /// <summary>Random adapters, random weights by adapter and by layer, texts of different lengths, read in passes that cut them at odd places.</summary>
    [Fact]
    public void MixedBatch_EveryLane_EqualsItsMergedModel()
    {
        var worst = 0.0;
        Samples.Check(
            from name in Gen.Elements(Bases)
            from seed in Gen.Choose(0, 1_000_000)
            select (name, seed), sample => worst = Math.Max(worst, Difference(sample.name, sample.seed)), count: 30);
        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {worst:g3}");
        worst.ShouldBeLessThan(Tolerance);
    }

    public static TheoryData<string> Adapters => [.. GoldenFiles.Names("adapters")];

    /// <summary>Every variant that PEFT writes, DoRA and whole saved weights among them, beside lanes of the base and of half of another adapter.</summary>
    [Theory]
    [MemberData(nameof(Adapters))]
    public void GoldenAdapter_InAMixedBatch_GivesPeftsLogits(string name)
    {
        using var scope = new TensorScope();
        var cases = JsonNode.Parse(File.ReadAllText(GoldenFiles.Path("adapters", "cases.json")))!;
        using var model = LaneCases.Load(cases[name]!["base"]!.GetValue<string>());
        var golden = GoldenFiles.Path("adapters", name, "logits.safetensors");
        var texts = GoldenFiles.Rows(golden, "input_ids");
        using var adapter = ResidentAdapter.Place(model, PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name)), name);
        using var other = ResidentAdapter.Place(model, LaneCases.Random(model, 3), "other");
        using var batch = new LaneBatch(model, new LaneBatchOptions { PassTokens = 24 });
        var vocabulary = model.Config.VocabularySize;
        var alone = LaneCases.LogProbabilities(model, texts[0]);
        var lane = new LaneBlend([new LaneShare(adapter, 1)]);
        List<ScoringRow> rows = [new(LaneBlend.Base, texts[0], vocabulary), .. texts.Select(text => new ScoringRow(lane, text, vocabulary)), new(new LaneBlend([new LaneShare(other, 0.5)]), texts[0], vocabulary)];
        var found = LaneCases.Score(batch, rows, vocabulary);

        var expected = GoldenFiles.Read(golden, "logits").LogSoftmax(-1).ToArray<float>();
        var width = texts[0].Length * vocabulary;
        for (var row = 0; row < texts.Length; row++)
            LaneCases.LargestDifference(found[rows[row + 1]], expected.AsSpan(row * width, width)).ShouldBeLessThan(Tolerance);
        LaneCases.LargestDifference(found[rows[0]], alone).ShouldBeLessThan(Tolerance, "the base beside it stays the base");
    }

    /// <summary>DoRA counts as its true weight difference times the lane's weight, layer by layer, beside another adapter in factored form.</summary>
    [Fact]
    public void Dora_InPart_CountsAsItsWeightDifference()
    {
        using var scope = new TensorScope();
        using var model = LaneCases.Load("llama3-untied");
        var dora = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", "dora"));
        var plain = LaneCases.Random(model, 5);
        using var first = ResidentAdapter.Place(model, dora, "dora");
        using var second = ResidentAdapter.Place(model, plain, "plain");
        using var batch = new LaneBatch(model, new LaneBatchOptions());
        var text = LaneCases.Text(1, 20, model.Config.VocabularySize);
        var row = new ScoringRow(new LaneBlend([new LaneShare(first, 0.6), new LaneShare(second, -0.5)]), text, model.Config.VocabularySize);
        var found = LaneCases.Score(batch, [row], model.Config.VocabularySize)[row];

        using var mixed = LaneCases.Merged(model, (plain, _ => -0.5));
        using var expected = mixed.With(dora.Modules.Select(module => KeyValuePair.Create($"{module.Path}.weight", TensorScope.Detach(WithDora(model, mixed, module, 0.6)))).ToList());
        LaneCases.LargestDifference(found, LaneCases.LogProbabilities(expected, text)).ShouldBeLessThan(Tolerance);
    }

    [Fact]
    public void SavedTensors_InPartOrTwice_AreRefusedWithTheReason()
    {
        using var scope = new TensorScope();
        using var model = LaneCases.Load("llama3-untied");
        var saved = PeftAdapterFolder.Read(GoldenFiles.Path("adapters", "saved-head"));
        using var first = ResidentAdapter.Place(model, saved, "left");
        using var second = ResidentAdapter.Place(model, saved, "right");
        Should.Throw<AdapterFormatException>(() => new LaneBlend([new LaneShare(first, 0.5)])).Message.ShouldContain("a weight of 0 or 1");
        Should.Throw<AdapterFormatException>(() => new LaneBlend([new LaneShare(first, 1), new LaneShare(second, 1)])).Message.ShouldContain("both replace");
        new LaneBlend([new LaneShare(first, 1), new LaneShare(second, 0.5, [LaneCases.Rule("lm_head", 0)])]).Replacement.ShouldNotBeNull();
    }

    [Fact]
    public void NonFiniteAdapter_IsRefused_BecauseItWouldSpoilTheBatch()
    {
        using var model = LaneCases.Load("llama3-untied");
        var adapter = LaneCases.Random(model, 1);
        var module = adapter.Modules[0];
        var broken = module with { B = AdapterTensor.FromSingles([float.NaN, .. module.B.ToSingles().Skip(1)], module.B.Shape) };
        Should.Throw<AdapterFormatException>(() => ResidentAdapter.Place(model, adapter with { Modules = [broken, .. adapter.Modules.Skip(1)] }, "broken"))
            .Message.ShouldContain("NaN");
    }

    private static double Difference(string name, int seed)
    {
        using var scope = new TensorScope();
        using var model = LaneCases.Load(name);
        var random = new Random(seed);
        var adapters = Enumerable.Range(0, random.Next(1, 5)).Select(index => LaneCases.Random(model, seed + index)).ToList();
        var resident = adapters.Select((adapter, index) => ResidentAdapter.Place(model, adapter, $"a{index}")).ToList();
        using var batch = new LaneBatch(model, new LaneBatchOptions { PassTokens = random.Next(16, 80) });
        var vocabulary = model.Config.VocabularySize;
        var lanes = Enumerable.Range(0, random.Next(2, 9)).Select(_ => resident.Where(_ => random.Next(3) > 0)
            .Select(adapter => new LaneShare(adapter, Weight(random), random.Next(3) > 0 ? [] : [LaneCases.Rule("layers.1", Weight(random)), LaneCases.Rule("q_proj", 0)])).ToList()).ToList();
        var rows = lanes.Select((shares, index) => new ScoringRow(new LaneBlend(shares), LaneCases.Text(seed + index, random.Next(2, 40), vocabulary), vocabulary)).ToList();
        var found = LaneCases.Score(batch, rows, vocabulary);
        var worst = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            using var merged = LaneCases.Merged(model, [.. lanes[i].Select(share => (share.Adapter.Adapter, (Func<string, double>)share.WeightAt))]);
            worst = Math.Max(worst, LaneCases.LargestDifference(found[rows[i]], LaneCases.LogProbabilities(merged, [.. rows[i].Tokens])));
        }

        resident.ForEach(adapter => adapter.Dispose());
        return worst;
    }

    private static double Weight(Random random) => random.Next(6) switch { 0 => 0, 1 => 1, _ => random.NextDouble() * 3 - 1.5 };

    // W + w (m (W_0 + s B A) / |W_0 + s B A| - W_0) by loops in f64.
    private static Tensor WithDora(CausalModel model, CausalModel mixed, LoraModule module, double weight)
    {
        var (original, sum) = (model.Linears[module.Path].Weight.ToArray<float>(), mixed.Linears[module.Path].Weight.ToArray<float>());
        var change = DenseDelta.Of((new LoraAdapter { Config = new PeftConfig(), Modules = [module with { Magnitude = null }] }, 1))[$"{module.Path}.weight"];
        var m = module.Magnitude!.ToSingles();
        var width = original.Length / m.Length;
        for (var o = 0; o < m.Length; o++)
        {
            var norm = Math.Sqrt(Enumerable.Range(o * width, width).Sum(i => Math.Pow(original[i] + change[i], 2)));
            for (var i = o * width; i < (o + 1) * width; i++)
                sum[i] += (float)(weight * (m[o] / norm * (original[i] + change[i]) - original[i]));
        }

        return Tensor.From<float>(sum, m.Length, width);
    }
}
