using AdapterHub.Engine.Blending.Dense;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Methods;

/// <summary>
/// KnOTS with TIES (Stoica et al. 2024, section 4): [D_1 ... D_n] = U S [V_1 ... V_n], signs are elected among the w_i V_i, whose rows mean the same
/// direction of the output in every parent, and U S times the result is the blend. All of D_i lies in the span of the B_i, so with [B_1 ... B_n] = Q R
/// only the small (R_i s_i A_i) side by side are decomposed, and no D_i is formed.
/// </summary>
internal sealed class KnotsMethod(BlendContext context) : ModuleMethod(context)
{
    /// <summary>Singular values below this share of the largest are rounding, and their rows of V noise that would compete with the others.</summary>
    private const double Rounding = 1e-12;

    private readonly SignElection _election = new(context.Recipe.MajoritySign);

    public override ModuleBlend? Blend(IReadOnlyList<Share> shares)
    {
        if (Recipe.Density >= 1 && shares.Count == 1)
            return Finish(StackedFactors.Stack(shares));
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var shape = LayerShape.Of(shares[0].Module);
        var (u, s, v) = Align(shares);                                           // (out, p), (p), (p, n in)
        var root = s.Sqrt();
        var merged = Merge(shares, v, (int)s.Count, shape.Inputs);               // (p, in)
        var (b, a) = (u * root, merged * root.Unsqueeze(1));
        return Finish(StackedFactors.From(shape, ToSingles(a), ToSingles(b), (int)s.Count));
    }

    /// <summary>TIES on the biases as they are: they have one basis already.</summary>
    public override double[] BlendBiases(IReadOnlyList<Share> shares)
    {
        var biases = Biases(shares);
        var sum = new double[LayerShape.Of(shares[0].Module).Outputs];
        if (biases.Count > 0)
            new MergedRows([.. biases.Select(bias => Prune(bias.Bias, sum.Length))], _election).Read(0, sum);
        return sum;
    }

    private static (Tensor U, Tensor S, Tensor V) Align(IReadOnlyList<Share> shares)
    {
        var factors = shares.Select(share => FactorAlgebra.Factors(share.Module)).ToList();
        var (q, r) = Tensor.Cat([.. factors.Select(pair => pair.B)], 1).Qr();    // (out, p), (p, R)
        var (blocks, column) = (new List<Tensor>(), 0L);
        foreach (var (share, (_, a)) in shares.Zip(factors))
        {
            blocks.Add(r.Narrow(1, column, share.Module.Rank).Matmul(a) * share.Module.Scale);
            column += share.Module.Rank;
        }

        var (qc, rc) = Tensor.Cat(blocks, 1).T().Qr();                           // (n in, m), (m, p)
        var (u, s, vh) = rc.T().Svd();                                           // (p, m'), (m'), (m', m)
        var values = s.ToArray<double>();
        var kept = Math.Max(1, values.Count(value => value > Rounding * values[0]));
        return (q.Matmul(u.Narrow(1, 0, kept)), s.Narrow(0, 0, kept), vh.Narrow(0, 0, kept).Matmul(qc.T()));
    }

    private Tensor Merge(IReadOnlyList<Share> shares, Tensor v, int rows, int inputs)
    {
        var sources = shares.Select((share, place) => Prune((v.Narrow(1, (long)place * inputs, inputs) * share.Weight).Contiguous().ToArray<double>(), inputs)).ToList();
        var merged = new double[rows * inputs];
        new MergedRows(sources, _election).Read(0, merged);
        return Tensor.From<double>(merged, rows, inputs);
    }

    private (DeltaRows, IPruning) Prune(double[] values, int width)
    {
        var rows = new ArrayRows(values, width);
        return (rows, MagnitudePruning.Of(rows, Recipe.Density!.Value));
    }

    private static float[] ToSingles(Tensor tensor) => tensor.To(DType.Float32).Contiguous().ToArray<float>();
}
