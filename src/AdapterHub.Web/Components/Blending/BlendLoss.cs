using AdapterHub.Formats.Blending;

namespace AdapterHub.Web.Components.Blending;

/// <summary>What a plan loses, as a comparison of the same adapters and settings measured it.</summary>
/// <param name="Error">Relative error, Frobenius norm; 0 for none.</param>
/// <param name="IsCrossTerms">It is the distance of PEFT's linear from the weighted sum.</param>
public sealed record BlendLoss(double Error, bool IsCrossTerms = false)
{
    /// <summary>Null where the comparison is of other settings, or did not measure the rank that is asked for.</summary>
    /// <param name="plan">The blend.</param>
    /// <param name="largestRank">Of its adapters.</param>
    /// <param name="check">The comparison; null for none.</param>
    public static BlendLoss? Find(BlendPlan plan, int largestRank, BlendStory? check)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.IsLossless)
            return new BlendLoss(0);
        if (check is not { Measured: { } measured } || !IsOf(plan, largestRank, check))
            return null;
        if (plan.Kind == BlendMethod.PeftLinear)
            return new BlendLoss(measured.IsExact ? 0 : measured.RelativeError, IsCrossTerms: true);
        var rank = plan.Rank ?? largestRank;
        if (measured.Curve.Count > 0 && rank >= measured.Curve[^1].Rank)
            return new BlendLoss(0);
        return measured.Curve.FirstOrDefault(point => point.Rank == rank) is { } known ? new BlendLoss(known.RelativeError < 1e-6 ? 0 : known.RelativeError) : null;
    }

    /// <summary>Whether a comparison is of these adapters, weights and settings, whatever the rank.</summary>
    public static bool IsOf(BlendPlan plan, int largestRank, BlendStory check)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(check);
        return check.Spec is { } spec && BlendPlan.SignatureOf(spec) == BlendPlan.SignatureOf(plan.ToCheckSpec(largestRank));
    }
}
