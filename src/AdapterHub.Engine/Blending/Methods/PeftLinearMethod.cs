using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>
/// PEFT's "linear": A = sum sign(k_i) sqrt|k_i| A_i and B = sum sqrt|k_i| B_i, k_i = w_i s_i. B A has the cross terms B_i A_j, so it is measured
/// against the weighted sum.
/// </summary>
internal sealed class PeftLinearMethod(BlendContext context) : ModuleMethod(context)
{
    public override ModuleBlend? Blend(IReadOnlyList<Share> shares)
    {
        var sum = StackedFactors.Stack(shares);
        var a = Add(shares, share => share.Module.A, share => Math.Sign(share.K) * Math.Sqrt(Math.Abs(share.K)));
        var b = Add(shares, share => share.Module.B, share => Math.Sqrt(Math.Abs(share.K)));
        return new ModuleBlend
        {
            Factors = sum.With(a, b, shares[0].Module.Rank),
            WholeRank = sum.Rank,
            Compare = written => LowRank.Compare(sum, written),
        };
    }

    private static float[] Add(IReadOnlyList<Share> shares, Func<Share, AdapterTensor> factor, Func<Share, double> weight)
    {
        var sum = new double[factor(shares[0]).Count];
        foreach (var share in shares)
        {
            var (values, times) = (factor(share).ToSingles(), weight(share));
            for (var i = 0; i < sum.Length; i++)
                sum[i] += times * values[i];
        }

        return Array.ConvertAll(sum, value => (float)value);
    }
}
