using System.Collections.Immutable;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Blending;
using AdapterHub.Engine.Tests.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Random adapters for real bases, and what a lane has to give: an isolated model whose weights were merged in f64.</summary>
internal static class LaneCases
{
    /// <summary>Ranks 1 to 64, some layers missing, rank-stabilised or not, with or without patterns, biases, the embedding and the head.</summary>
    public static LoraAdapter Random(CausalModel model, int seed)
    {
        var random = new Random(seed);
        var (rslora, biases, patterns) = (random.Next(3) == 0, random.Next(3) == 0, random.Next(2) == 0);
        var (rank, alpha) = (Rank(), random.Next(1, 40));
        var paths = model.Linears.Keys.Concat(model.Embeddings.Keys).Where(_ => random.Next(3) > 0).Append(model.Linears.Keys.First()).Distinct().Order(StringComparer.Ordinal);
        var modules = paths.Select(path =>
        {
            var (r, a) = patterns && random.Next(3) == 0 ? (Rank(), random.Next(1, 80) / 2.0) : (rank, alpha);
            return Module(model, random, path, r, a, rslora, biases);
        });
        var (config, described) = PeftConfigs.Describe(new PeftConfig { TaskType = "CAUSAL_LM", BaseModelNameOrPath = "golden" }, modules.ToList());
        return new LoraAdapter { Config = config, Modules = described, SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty };

        int Rank() => random.Next(5) == 0 ? random.Next(17, 65) : random.Next(1, 17);
    }

    /// <summary>A model of its own whose weights are the base's plus the weighted changes, summed in f64 and rounded once.</summary>
    public static CausalModel Merged(CausalModel model, params (LoraAdapter Adapter, Func<string, double> Weight)[] shares)
    {
        var parts = shares.SelectMany(share => share.Adapter.Modules.Select(module => (share.Adapter with { Modules = [module] }, share.Weight(module.Path)))).ToArray();
        var delta = DenseDelta.Of(parts);
        var replaced = delta.Names.Select(name => KeyValuePair.Create(name, Sum(model, name, delta[name]))).ToList();
        // PEFT leaves a tied head alone when the embedding has an adapter.
        if (model.Config.TieWordEmbeddings && delta.Names.Contains("model.embed_tokens.weight"))
            replaced.Add(KeyValuePair.Create("lm_head.weight", model.FindWeight("lm_head.weight")!.Clone()));
        foreach (var (_, tensor) in replaced)
            TensorScope.Detach(tensor);
        return model.With(replaced);
    }

    /// <summary>ln p of every token (N, vocabulary) in every place of a text.</summary>
    public static float[] LogProbabilities(CausalModel model, int[] text)
    {
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        return model.Logits(PackedInput.Of(text, Device.Cpu)).LogSoftmax(-1).ToArray<float>();
    }

    /// <summary>The same of every row of a batch, by place and token; the last place has none.</summary>
    public static Dictionary<LaneRow, float[]> Score(LaneBatch batch, IReadOnlyList<ScoringRow> rows, int vocabulary)
    {
        var found = rows.ToDictionary(row => (LaneRow)row, row => new float[(row.Tokens.Count - 1) * vocabulary]);
        foreach (var row in rows)
            batch.TryAdd(row).ShouldBeTrue();
        while (batch.Rows > 0)
            foreach (var scored in batch.Step().OfType<TokensScored>())
                for (var i = 0; i < scored.Scores.Length; i++)
                    foreach (var alternative in scored.Scores[i].Alternatives)
                        found[scored.Row][(scored.First - 1 + i) * vocabulary + alternative.Token] = alternative.LogProbability;
        return found;
    }

    public static double LargestDifference(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        left.Length.ShouldBeLessThanOrEqualTo(right.Length);
        var largest = 0.0;
        for (var i = 0; i < left.Length; i++)
            largest = Math.Max(largest, Math.Abs((double)left[i] - right[i]));
        return largest;
    }

    public static int[] Text(int seed, int length, int vocabulary)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))];
    }

    public static CausalModel Load(string name) => ModelParityTests.Load(name, out _);

    public static ModuleWeight Rule(string pattern, double weight) => new(ModulePattern.Parse(pattern), weight);

    // Changes of about the size that training leaves: much larger ones make these random models' logits reach the hundreds.
    private static LoraModule Module(CausalModel model, Random random, string path, int rank, double alpha, bool rslora, bool biases)
    {
        var isTable = model.Embeddings.ContainsKey(path);
        var (inputs, outputs) = isTable
            ? (model.Embeddings[path].Weight.Size(0), model.Embeddings[path].Weight.Size(1))
            : (model.Linears[path].Inputs, model.Linears[path].Outputs);
        var scale = (float)((rslora ? alpha / Math.Sqrt(rank) : alpha / rank) * Math.Sqrt(rank));
        return new LoraModule
        {
            Path = path,
            Kind = isTable ? LoraModuleKind.Embedding : LoraModuleKind.Linear,
            A = Scaled(Samples.Normal(random, rank, inputs), 0.3f),
            B = Scaled(Samples.Normal(random, outputs, rank), 0.3f / scale),
            BiasB = biases && !isTable ? Scaled(Samples.Normal(random, outputs), 0.1f) : null,
            Rank = rank,
            Alpha = alpha,
            UseRslora = rslora,
        };
    }

    private static AdapterTensor Scaled(AdapterTensor tensor, float factor) =>
        AdapterTensor.FromSingles([.. tensor.ToSingles().Select(value => value * factor)], tensor.Shape);

    private static Tensor Sum(CausalModel model, string name, double[] delta)
    {
        var path = name[..name.LastIndexOf('.')];
        var weight = name.EndsWith(".bias", StringComparison.Ordinal) ? model.Linears[path].Bias : model.FindWeight(name);
        var values = weight?.To(DType.Float64).ToArray<double>() ?? new double[delta.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] += delta[i];
        return weight is null ? Tensor.From<double>(values).To(DType.Float32) : Tensor.From<double>(values, weight.Shape).To(DType.Float32);
    }
}
