using System.Collections.Immutable;
using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>A folder that goes away with its test.</summary>
internal sealed class BlendTestFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("adapterhub-blend-").FullName;

    public string this[string name] => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>Adapters with every feature a blend has to carry, for one imaginary base model.</summary>
internal static class Samples
{
    /// <summary>Path, kind, shape of A without r, outputs. Sizes are odd and some smaller than a rank.</summary>
    private static readonly (string Path, LoraModuleKind Kind, long[] Inputs, long Outputs)[] Layers =
    [
        ("model.embed_tokens", LoraModuleKind.Embedding, [37], 12),
        ("model.layers.0.self_attn.q_proj", LoraModuleKind.Linear, [12], 20),
        ("model.layers.0.self_attn.k_proj", LoraModuleKind.Linear, [12], 5),
        ("model.layers.0.mlp.down_proj", LoraModuleKind.Linear, [31], 12),
        ("model.layers.1.self_attn.q_proj", LoraModuleKind.Linear, [12], 20),
        ("model.layers.1.self_attn.k_proj", LoraModuleKind.Linear, [12], 5),
        ("model.layers.1.mlp.down_proj", LoraModuleKind.Linear, [31], 12),
        ("vision.patches", LoraModuleKind.Conv2d, [3, 3, 2], 9),
    ];

    /// <summary>Ranks 1 to 64 (mostly up to 16), some layers missing, plain or rank-stabilised, with or without patterns and biases.</summary>
    public static LoraAdapter Random(int seed)
    {
        var random = new Random(seed);
        var (rslora, biases, patterns) = (random.Next(3) == 0, random.Next(4) == 0, random.Next(2) == 0);
        var (rank, alpha) = (Rank(), random.Next(1, 40));
        var chosen = Layers.Where(_ => random.Next(3) > 0).ToList();
        if (chosen.Count == 0)
            chosen.Add(Layers[1]);
        return Make(random, chosen, biases, rslora, _ => patterns && random.Next(3) == 0 ? (Rank(), random.Next(1, 80) / 2.0) : (rank, alpha));

        int Rank() => random.Next(5) == 0 ? random.Next(17, 65) : random.Next(1, 17);
    }

    /// <summary>One rank and alpha for the given linear layers.</summary>
    public static LoraAdapter Plain(int seed, int rank = 4, double alpha = 8, bool rslora = false, params string[] endings) =>
        Make(new Random(seed), [.. Layers.Where(layer => endings.Length == 0 ? layer.Kind == LoraModuleKind.Linear : endings.Any(ending => layer.Path.EndsWith(ending, StringComparison.Ordinal)))],
            biases: false, rslora, _ => (rank, alpha));

    public static AdapterTensor Normal(Random random, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return AdapterTensor.FromSingles(values, [.. shape]);
    }

    public static BlendRecipe Recipe(params (LoraAdapter Adapter, double Weight)[] parents) => new()
    {
        Parents = [.. parents.Select((parent, index) => BlendParent.FromAdapter($"parent{index}", parent.Adapter, parent.Weight))],
    };

    public static BlendResult.Done Run(BlendRecipe recipe) => Blend.Run(recipe) switch
    {
        BlendResult.Done done => done,
        BlendResult.Refused refused => throw new InvalidOperationException(refused.ToString()),
        var other => throw new InvalidOperationException($"{other}"),
    };

    public static BlendResult.Done Run(params (LoraAdapter Adapter, double Weight)[] parents) => Run(Recipe(parents));

    public static IReadOnlyList<FormatFinding> Refusal(BlendRecipe recipe) => Blend.Run(recipe).ShouldBeOfType<BlendResult.Refused>().Reasons;

    public static LoraAdapter With(this LoraAdapter adapter, Func<PeftConfig, PeftConfig> change) => adapter with { Config = change(adapter.Config) };

    /// <summary>One to four random adapters with weights of either sign, some 0 but never all.</summary>
    public static Gen<(LoraAdapter Adapter, double Weight)[]> Parents(int most = 4) =>
        from count in Gen.Choose(1, most)
        from seed in Gen.Choose(0, int.MaxValue - 100)
        from weights in Gen.ArrayOf(Gen.Elements(1.0, 0.7, -0.4, 0.25, -1.3, 2, 0.001, 0), count)
        where weights.Any(weight => weight != 0)
        select weights.Select((weight, index) => (Random(seed + index), weight)).ToArray();

    public static void Check<T>(Gen<T> cases, Action<T> property, int count = 40) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20261123, 1));

    private static LoraAdapter Make(
        Random random, IReadOnlyList<(string Path, LoraModuleKind Kind, long[] Inputs, long Outputs)> layers, bool biases, bool rslora, Func<string, (int Rank, double Alpha)> scale)
    {
        var modules = layers.Select(layer =>
        {
            var (rank, alpha) = scale(layer.Path);
            return new LoraModule
            {
                Path = layer.Path,
                Kind = layer.Kind,
                A = Normal(random, [rank, .. layer.Inputs]),
                B = Normal(random, layer.Kind == LoraModuleKind.Conv2d ? [layer.Outputs, rank, 1, 1] : [layer.Outputs, rank]),
                BiasB = biases && layer.Kind != LoraModuleKind.Embedding ? Normal(random, layer.Outputs) : null,
                Rank = rank,
                Alpha = alpha,
                UseRslora = rslora,
            };
        });
        var (config, described) = PeftConfigs.Describe(
            new PeftConfig { TaskType = "CAUSAL_LM", BaseModelNameOrPath = "imaginary/base" }, modules);
        return new LoraAdapter { Config = config, Modules = described, SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty };
    }
}
