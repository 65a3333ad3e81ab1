using AdapterHub.Engine.Blending.Learning;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>Texts are drawn from a model with known weights of its adapters; learning from them has to find those weights again.</summary>
public sealed class WeightLearnerTests
{
    private const int Vocabulary = 40;
    private const int Length = 32;
    private static readonly ModelConfig Config = new()
    {
        ModelType = "llama",
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 8,
        VocabularySize = Vocabulary,
        ContextLength = 64,
        TieWordEmbeddings = true,
        InitializerRange = 0.4,
        EosTokenIds = [0],
    };

    [Fact]
    public void PlantedWeights_AreFound_AndBeatEveryOtherBlend()
    {
        double[] planted = [0.8, -0.5, 0.3];
        using var model = Model();
        var adapters = Adapters(model, planted.Length);
        var (training, heldOut) = Draw(model, adapters, _ => planted);
        var seen = new Seen();
        var learned = WeightLearner.Run(model, adapters, training, heldOut, new WeightLearningOptions { Steps = 60, BatchSize = 16 }, TimeProvider.System, seen);

        foreach (var (found, weight) in learned.Weights.Zip(planted))
            found.ShouldBe(weight, 0.08); // what 25,000 drawn tokens leave unknown
        var losses = learned.HeldOut!;
        losses.Learned.ShouldBeLessThan(losses.Uniform - 0.01);
        losses.Learned.ShouldBeLessThan(losses.Base - 0.01);
        losses.Adapters.ShouldAllBe(loss => losses.Learned < loss - 0.01);
        learned.Curve.Length.ShouldBe(60);
        seen.Points.Select(point => point.Step).ShouldBe(Enumerable.Range(1, 60));
        learned.Curve.Take(5).Average(point => point.Loss).ShouldBeGreaterThan(learned.Curve.TakeLast(5).Average(point => point.Loss));
        model.Linears.Values.ShouldAllBe(linear => linear.Delta == null);
    }

    [Fact]
    public void PlantedWeightsByLayer_AreFound()
    {
        double[][] planted = [[1, 0], [-0.4, 0.9]];
        using var model = Model();
        var adapters = Adapters(model, 2);
        var (training, heldOut) = Draw(model, adapters, path => planted[path.Contains("layers.0", StringComparison.Ordinal) ? 0 : 1]);
        var options = new WeightLearningOptions { Steps = 80, BatchSize = 16, IsByLayer = true, Smoothness = 0 };
        var learned = WeightLearner.Run(model, adapters, training, heldOut, options, TimeProvider.System);

        learned.Layers.Select(layer => layer.Layer).ShouldBe(["model.layers.0", "model.layers.1"]);
        foreach (var (layer, weights) in learned.Layers.Zip(planted))
            layer.Weights.Zip(weights).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 0.12);
        var parents = learned.Apply([.. adapters.Select((adapter, place) => BlendParent.FromAdapter($"parent{place}", adapter, 1))]);
        parents[1].WeightAt("model.layers.1.mlp.up_proj").ShouldBe(learned.Layers[1].Weights[1]);

        // The blend made from the weights is what was measured.
        var blend = Samples.Run(new BlendRecipe { Parents = parents }).Adapter;
        WeightLearner.Run(model, [blend], training, heldOut, options with { Steps = 1, LearningRate = 0, IsByLayer = false }, TimeProvider.System)
            .HeldOut!.Adapters[0].ShouldBe(learned.HeldOut!.Learned, 1e-5);
    }

    [Fact]
    public void SameSettings_FindTheSameWeights()
    {
        using var model = Model();
        var adapters = Adapters(model, 2);
        var (training, _) = Draw(model, adapters, _ => [0.5, 0.5]);
        var options = new WeightLearningOptions { Steps = 5, BatchSize = 8 };
        var first = WeightLearner.Run(model, adapters, training, null, options, TimeProvider.System);
        first.HeldOut.ShouldBeNull();
        WeightLearner.Run(model, adapters, training, null, options, TimeProvider.System).Weights.ShouldBe(first.Weights);
        Should.Throw<OperationCanceledException>(() => WeightLearner.Run(model, adapters, training, null, options, TimeProvider.System, cancellation: new CancellationToken(canceled: true)));
    }

    private static CausalModel Model()
    {
        using var scope = new TensorScope();
        var model = CausalModel.Create(Config, Device.Cpu, DType.Float32, seed: 3);
        foreach (var (_, weight) in model.Weights)
            weight.RequiresGrad = false;
        return model;
    }

    /// <summary>On every linear; as strong as the weights themselves are.</summary>
    private static LoraAdapter[] Adapters(CausalModel model, int count) => [.. Enumerable.Range(0, count).Select(place =>
    {
        var random = new Random(100 + place);
        var (config, modules) = PeftConfigs.Describe(new PeftConfig { TaskType = "CAUSAL_LM" }, model.Linears.Values.Select(linear => new LoraModule
        {
            Path = linear.Path,
            A = Samples.Normal(random, 4, linear.Inputs),
            B = Samples.Normal(random, linear.Outputs, 4),
            Rank = 4,
            Alpha = 0.5,
        }));
        return new LoraAdapter { Config = config, Modules = modules };
    })];

    /// <summary>Texts from the blend, token by token: most to learn from, some held out.</summary>
    private static (IRowSource Training, IRowSource HeldOut) Draw(CausalModel model, LoraAdapter[] adapters, Func<string, double[]> weights)
    {
        const int texts = 1000;
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        using var binding = LoraMixBinding.Bind(model, adapters, path => new MixWeights(Tensor.From<float>([.. weights(path).Select(weight => (float)weight)])));
        TorchRandom.Seed(11);
        var random = new Random(5);
        var rows = Enumerable.Range(0, texts).Select(_ => new List<int> { random.Next(Vocabulary) }).ToList();
        using var cache = new KvCache(Config, texts, Length, Device.Cpu, DType.Float32);
        for (var place = 1; place < Length; place++)
        {
            using var step = new TensorScope();
            var next = model.Continue(cache, [.. rows.Select(row => row[^1])]).Softmax(-1).Multinomial(1).ToArray<long>();
            for (var row = 0; row < texts; row++)
                rows[row].Add((int)next[row]);
        }

        return (Pack(rows.Skip(200)), Pack(rows.Take(200)));
    }

    private static SequencePacker Pack(IEnumerable<List<int>> rows) => new(
        ExampleList.From(rows.Select(row => new TokenizedExample([.. row], [.. row.Select(_ => true)]))), new PackingOptions(2 * Length) { Seed = 1 });

    private sealed class Seen : IProgress<LearningPoint>
    {
        public List<LearningPoint> Points { get; } = [];

        public void Report(LearningPoint value) => Points.Add(value);
    }
}
