using AdapterHub.Engine.Blending.Dense;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>TIES, DARE and pruning by magnitude: elements of each w_i D_i are dropped, the rest is added up or elects signs.</summary>
internal sealed class PruningMethod(BlendContext context) : LinearMethod(context)
{
    private readonly IElementMerge _merge = context.Recipe.Method.ElectsSigns() ? new SignElection(context.Recipe.MajoritySign) : SumMerge.Instance;

    /// <summary>Nothing is dropped and nothing votes: the weighted sum, which needs no matrix in full.</summary>
    public override ModuleBlend? Blend(IReadOnlyList<Share> shares)
    {
        if (Recipe.Density >= 1 && (shares.Count == 1 || _merge is SumMerge))
            return base.Blend(shares);
        var shape = LayerShape.Of(shares[0].Module);
        return Finish(new MergedRows([.. shares.Select(share => Prune(Context.Rows(share, shape), share, "weight"))], _merge), shape);
    }

    public override double[] BlendBiases(IReadOnlyList<Share> shares)
    {
        var biases = Biases(shares);
        var sum = new double[LayerShape.Of(shares[0].Module).Outputs];
        if (biases.Count > 0)
            new MergedRows([.. biases.Select(bias => Prune(new ArrayRows(bias.Bias, sum.Length), bias.Share, "bias"))], _merge).Read(0, sum);
        return sum;
    }

    private (DeltaRows, IPruning) Prune(DeltaRows rows, Share share, string part) => (rows, Recipe.Method.DrawsRandomNumbers()
        ? RandomPruning.Of(Recipe.Seed, share.Parent, $"{share.Module.Path}.{part}", Recipe.Density!.Value)
        : MagnitudePruning.Of(rows, Recipe.Density!.Value));
}
