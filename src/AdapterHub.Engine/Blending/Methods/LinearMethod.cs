using AdapterHub.Engine.Blending.Dense;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>sum w_i D_i: the factors side by side, cut to a rank where one is asked for.</summary>
internal class LinearMethod(BlendContext context) : ModuleMethod(context)
{
    public override ModuleBlend? Blend(IReadOnlyList<Share> shares)
    {
        // BlendCheck lets DoRA into an exact blend only as the one parent of weight 1: then its magnitudes can stay what they are.
        if (Recipe.Method == BlendMethod.Exact)
            return Finish(StackedFactors.Stack(shares)) with { Magnitude = shares[0].Module.Magnitude };
        if (!shares.Any(share => share.IsFullRank))
            return Finish(StackedFactors.Stack(shares));
        var shape = LayerShape.Of(shares[0].Module);
        return Finish(new MergedRows([.. shares.Select(share => (Context.Rows(share, shape), (IPruning)NoPruning.Instance))], SumMerge.Instance), shape);
    }
}
