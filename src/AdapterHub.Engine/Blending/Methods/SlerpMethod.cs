using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>
/// Spherical interpolation (Shoemake 1985) between two changes: with t = w_2 / (w_1 + w_2) and the angle W between D_1 and D_2, the direction is
/// sin((1-t)W)/sin W of D_1's and sin(tW)/sin W of D_2's, and the length w_1 |D_1| + w_2 |D_2|. So it is the weighted sum again where the two
/// point the same way, and lies in their span: nothing is lost without a rank.
/// </summary>
internal sealed class SlerpMethod(BlendContext context) : LinearMethod(context)
{
    /// <summary>Nearer to 0 than this the sines are rounding, and the arc is its chord; as near to pi there is no one arc.</summary>
    private const double SmallestAngle = 1e-6;

    public override ModuleBlend? Blend(IReadOnlyList<Share> shares)
    {
        if (shares.Count < 2)
            return base.Blend(shares);
        var factors = Interpolate(shares, Context.Inner(shares[0], shares[0]), Context.Inner(shares[1], shares[1]), Context.Inner(shares[0], shares[1]));
        if (factors is null)
            return null;
        return base.Blend([.. shares.Zip(factors, (share, factor) => share with { Weight = share.Weight * factor }).Where(share => share.Weight != 0)]);
    }

    public override double[] BlendBiases(IReadOnlyList<Share> shares)
    {
        var biases = Biases(shares);
        if (biases.Count < 2)
            return base.BlendBiases(shares);
        var factors = Interpolate(shares, FactorAlgebra.Dot(biases[0].Bias, biases[0].Bias), FactorAlgebra.Dot(biases[1].Bias, biases[1].Bias), FactorAlgebra.Dot(biases[0].Bias, biases[1].Bias)) ?? [0, 0];
        return [.. biases[0].Bias.Zip(biases[1].Bias, (first, second) => factors[0] * first + factors[1] * second)];
    }

    /// <summary>What the two weighted changes are multiplied by; null where they are opposite.</summary>
    /// <param name="shares">For the weights and the layer's name.</param>
    /// <param name="first">|w_1 D_1|^2</param>
    /// <param name="second">|w_2 D_2|^2</param>
    /// <param name="between">Their inner product.</param>
    private double[]? Interpolate(IReadOnlyList<Share> shares, double first, double second, double between)
    {
        var (length1, length2) = (Math.Sqrt(first), Math.Sqrt(second));
        if (length1 == 0 || length2 == 0)
            return [1, 1];
        var angle = Math.Acos(Math.Clamp(between / (length1 * length2), -1, 1));
        var t = shares[1].Weight / (shares[0].Weight + shares[1].Weight);
        if (angle > Math.PI - SmallestAngle)
        {
            Context.Refusals.Enqueue(new FormatFinding(shares[0].Module.Path, "the two parents point in opposite directions here, between which there is no one arc", "another method"));
            return null;
        }

        var length = length1 + length2;
        var (share1, share2) = angle < SmallestAngle ? (1 - t, t) : (Math.Sin((1 - t) * angle) / Math.Sin(angle), Math.Sin(t * angle) / Math.Sin(angle));
        return [share1 * length / length1, share2 * length / length2];
    }
}
