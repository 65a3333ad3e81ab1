using System.Collections.Concurrent;
using AdapterHub.Engine.Blending.Dense;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>What all layers of a blend have in common.</summary>
/// <param name="Recipe">With its parents in memory.</param>
/// <param name="Device">Where large products are computed.</param>
/// <param name="BaseModel">For DoRA parents.</param>
internal sealed record BlendContext(BlendRecipe Recipe, Device Device, BaseWeights? BaseModel)
{
    /// <summary>The largest rank of the result; null keeps all of it.</summary>
    public int? Rank { get; } = Recipe.Rank ?? (Recipe.Method.IsFullRank() || Modules(Recipe).Any(module => module.Magnitude is not null && Recipe.Method != BlendMethod.Exact)
        ? Modules(Recipe).Max(module => module.Rank)
        : null);

    /// <summary>Why a layer cannot be blended, found on the way; layers are blended on several threads.</summary>
    public ConcurrentQueue<FormatFinding> Refusals { get; } = new();

    /// <summary>What a share changes, its weight included.</summary>
    public ParentRows Rows(Share share, LayerShape shape) => share.IsFullRank
        ? DoraRows.Of(share, shape, BaseModel!)
        : FactorRows.Of(shape, share.Module.A.ToSingles(), share.Module.B.ToSingles(), share.K);

    /// <summary>The inner product of what two shares change in the layer, their weights included.</summary>
    public double Inner(Share left, Share right)
    {
        if (!left.IsFullRank && !right.IsFullRank)
            return left.K * right.K * FactorAlgebra.Inner(left.Module, right.Module);
        var shape = LayerShape.Of(left.Module);
        var other = Rows(right, shape);
        var band = new double[other.BandRows * other.Width];
        var sum = 0.0;
        foreach (var (start, values) in Rows(left, shape).Bands())
        {
            other.Read(start, band.AsSpan(0, values.Count));
            sum += FactorAlgebra.Dot(values, band.AsSpan(0, values.Count));
        }

        return sum;
    }

    private static IEnumerable<LoraModule> Modules(BlendRecipe recipe) => recipe.Contributing.SelectMany(parent => recipe.Parents[parent].Adapter!.Modules);
}
