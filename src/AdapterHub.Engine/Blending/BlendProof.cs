using System.Collections.Immutable;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// Shows on the base model itself that a blend does what it says: its logits beside those of its parents, each put on in its own factors and counted
/// by its weight; DoRA layers count as the change that they make to the base's weight, and whole tensors are the chosen parent's. The two ways share
/// the base and nothing else, so that a fault in the blend's arithmetic or in its files shows.
/// </summary>
/// <param name="LargestDifference">Over all positions and the whole vocabulary.</param>
/// <param name="LargestChange">The same between the parents' sum and the base alone.</param>
/// <param name="SameFirst">Share of the positions with the same most likely token.</param>
/// <param name="Divergence">Mean Kullback-Leibler divergence of the blend from the sum, nats a position.</param>
/// <param name="Tokens">Positions.</param>
/// <param name="Modules">Modules of the base that the blend changes.</param>
public sealed record BlendProof(double LargestDifference, double LargestChange, double SameFirst, double Divergence, int Tokens, int Modules)
{
    /// <summary>
    /// What the rounding of f32 makes of two orders of the same additions: 24 bits carried through some tens of layers, of logits of some tens.
    /// Between two of the seeds it is 1.3e-5.
    /// </summary>
    public const double Tolerance = 1e-3;

    /// <summary>The text that is read: plain prose, so that every tokenizer has tokens for it.</summary>
    public const string Text =
        "In the beginning there was a small house at the end of the road, and in it lived a clerk who kept the accounts of the whole town. "
        + "\"A table,\" he used to say, \"has rows and columns; a promise has neither.\" Every year the council read his report, praised it, and "
        + "forgot it before supper. Then one winter the river rose, the bridge fell, and people asked what had become of the money.";

    /// <param name="model">The base in f32, nothing bound to it. It stays the caller's.</param>
    /// <param name="recipe">With its parents in memory.</param>
    /// <param name="blend">What was made of them.</param>
    /// <param name="ids">A text, at least one token and no more than the model's context.</param>
    /// <exception cref="AdapterFormatException">The blend or a parent does not fit the base.</exception>
    public static BlendProof Measure(CausalModel model, BlendRecipe recipe, LoraAdapter blend, ReadOnlySpan<int> ids)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        using var noGrad = Grad.Disable();
        using var scope = new TensorScope();
        var input = PackedInput.Of(ids, model.Device);
        var untouched = Logits(model, input);
        var sum = OfParents(model, recipe, input);
        int modules;
        Tensor made;
        using (var binding = LoraBinding.Bind(model, blend))
        {
            made = Logits(model, input);
            modules = binding.Coverage.Bound.Count;
        }

        return new BlendProof(Largest(made - sum), Largest(sum - untouched), SameRows(made, sum), Divergences(made, sum), ids.Length, modules);
    }

    private static Tensor OfParents(CausalModel model, BlendRecipe recipe, PackedInput input)
    {
        var parents = recipe.Contributing.Select(parent => recipe.Parents[parent]).ToList();
        parents.ForEach(parent => AdapterFit.Check(model, parent.Adapter!));
        var replaced = new ReplacedWeights();
        foreach (var parent in parents)
            replaced.AddDora(parent.Adapter!, path => recipe.Scale * parent.WeightAt(path));
        if (recipe.SavedModulesFrom is { } chosen)
        {
            foreach (var (name, tensor) in SavedTensors.Whole(recipe.Parents[chosen].Adapter!))
                replaced.AddWhole(recipe.Parents[chosen].Adapter!, name, tensor);
        }

        if (replaced.IsEmpty)
            return OfFactors(model, recipe.Scale, parents, input);
        using var other = model.With(replaced.Make(model));
        return OfFactors(other, recipe.Scale, parents, input);
    }

    private static Tensor OfFactors(CausalModel model, double scale, IEnumerable<BlendParent> all, PackedInput input)
    {
        var parents = all.Select(parent => (Weights: parent, Adapter: Factored(parent.Adapter!))).Where(parent => parent.Adapter.Modules.Count > 0).ToList();
        if (parents.Count == 0)
            return Logits(model, input);
        var weights = new Dictionary<string, MixWeights>(StringComparer.Ordinal);
        using var binding = LoraMixBinding.Bind(model, parents.ConvertAll(parent => parent.Adapter), Of);
        return Logits(model, input);

        MixWeights Of(string path)
        {
            var values = parents.ConvertAll(parent => (float)(scale * parent.Weights.WeightAt(path)));
            var key = string.Join(' ', values);
            if (!weights.TryGetValue(key, out var known))
                weights[key] = known = new MixWeights(Tensor.From<float>([.. values]).To(model.Device));
            return known;
        }
    }

    /// <summary>What rides beside the base's weights.</summary>
    private static LoraAdapter Factored(LoraAdapter adapter) => adapter with
    {
        Modules = [.. adapter.Modules.Where(module => module.Magnitude is null)],
        SavedModules = ImmutableSortedDictionary<string, AdapterTensor>.Empty,
    };

    private static Tensor Logits(CausalModel model, PackedInput input) => model.Logits(input).To(DType.Float32);

    private static double Largest(Tensor difference) => difference.Abs().Max().Item();

    private static double SameRows(Tensor one, Tensor other)
    {
        var (first, second) = (one.Argmax(1).To(Device.Cpu).ToArray<long>(), other.Argmax(1).To(Device.Cpu).ToArray<long>());
        return first.Zip(second).Count(pair => pair.First == pair.Second) / (double)first.Length;
    }

    private static double Divergences(Tensor made, Tensor sum)
    {
        var (q, p) = (made.To(DType.Float64).LogSoftmax(1), sum.To(DType.Float64).LogSoftmax(1));
        return Math.Max(0, (p.Exp() * (p - q)).Sum().Item() / p.Size(0));
    }
}
