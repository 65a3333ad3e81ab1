using AdapterHub.Engine.Blending.Dense;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>What a method makes of one layer, before it is rounded to the file's type.</summary>
internal sealed record ModuleBlend
{
    public required StackedFactors Factors { get; init; }

    /// <summary>The rank that keeps all of it.</summary>
    public required int WholeRank { get; init; }

    /// <summary>Distance of other factors from what the method makes in full, and the norm of that.</summary>
    public required Func<StackedFactors, (double Distance, double Norm)> Compare { get; init; }

    /// <summary>The relative error of <see cref="Factors"/> where it is known without comparing.</summary>
    public double? Error { get; init; }

    /// <summary>All of what the method makes in full, descending; empty where nothing needed them.</summary>
    public double[] SingularValues { get; init; } = [];

    /// <summary>DoRA's m, for the one parent that is taken as it is.</summary>
    public AdapterTensor? Magnitude { get; init; }
}

/// <summary>One way of making one change of several.</summary>
internal abstract class ModuleMethod(BlendContext context)
{
    protected BlendContext Context { get; } = context;

    protected BlendRecipe Recipe => Context.Recipe;

    public static ModuleMethod For(BlendContext context) => context.Recipe.Method switch
    {
        BlendMethod.Exact or BlendMethod.LowRank or BlendMethod.TaskArithmetic => new LinearMethod(context),
        BlendMethod.Ties or BlendMethod.DareLinear or BlendMethod.DareTies or BlendMethod.MagnitudePrune => new PruningMethod(context),
        BlendMethod.Slerp => new SlerpMethod(context),
        BlendMethod.KnotsTies => new KnotsMethod(context),
        BlendMethod.PeftLinear => new PeftLinearMethod(context),
        _ => throw new NotSupportedException($"No meaning for {context.Recipe.Method}."),
    };

    /// <summary>The weights' change; null where a reason was added to <see cref="BlendContext.Refusals"/>.</summary>
    /// <param name="shares">At least one; all of the same kind and sizes.</param>
    public abstract ModuleBlend? Blend(IReadOnlyList<Share> shares);

    /// <summary>The change of the layer's bias (out), where any share has one. The sum unless the method says otherwise.</summary>
    public virtual double[] BlendBiases(IReadOnlyList<Share> shares)
    {
        var sum = new double[LayerShape.Of(shares[0].Module).Outputs];
        foreach (var (_, bias) in Biases(shares))
        {
            for (var o = 0; o < sum.Length; o++)
                sum[o] += bias[o];
        }

        return sum;
    }

    /// <summary>k b of every share that has a bias.</summary>
    protected static List<(Share Share, double[] Bias)> Biases(IEnumerable<Share> shares) =>
        [.. shares.Where(share => share.Module.BiasB is not null).Select(share => (share, Array.ConvertAll(share.Module.BiasB!.ToSingles(), value => share.K * value)))];

    /// <summary>Whole, or the best approximation of the rank that the recipe asks for.</summary>
    protected ModuleBlend Finish(StackedFactors whole)
    {
        if (Context.Rank is not { } rank)
            return new ModuleBlend { Factors = whole, WholeRank = whole.Rank, Compare = written => LowRank.Compare(whole, written), Error = 0 };
        var (kept, values) = LowRank.Truncate(whole, rank, Context.Device);
        return new ModuleBlend
        {
            Factors = kept,
            WholeRank = whole.Rank,
            Compare = written => LowRank.Compare(whole, written),
            Error = kept.Rank == whole.Rank ? 0 : BlendedModule.RelativeTail(values, kept.Rank),
            SingularValues = values,
        };
    }

    /// <summary>The best approximation of a matrix that has full rank.</summary>
    protected ModuleBlend Finish(DeltaRows whole, LayerShape shape)
    {
        var (factors, values) = BandedSvd.Truncate(whole, shape, Context.Rank!.Value, Context.Device);
        return new ModuleBlend { Factors = factors, WholeRank = shape.FullRank, Compare = written => BandedSvd.Compare(whole, written), SingularValues = values };
    }
}
