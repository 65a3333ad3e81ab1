using System.Collections.Immutable;
using AdapterHub.Engine.Blending.Methods;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>Two adapters in one module, with what sums over modules are made of.</summary>
/// <param name="Inner">The inner product of the two changes.</param>
/// <param name="Elements">Of the module.</param>
internal sealed record PairMeasurement(double Inner, long Elements, SignComparison Signs, ModuleInterference Module);

/// <summary>One module.</summary>
/// <param name="Squares">|w D|^2 by the adapter's place.</param>
/// <param name="Pairs">By the places of both, the smaller first.</param>
internal sealed record ModuleMeasurement(string Path, IReadOnlyDictionary<int, double> Squares, IReadOnlyDictionary<(int First, int Second), PairMeasurement> Pairs)
{
    public static ModuleMeasurement Of(BlendContext context, IReadOnlyList<(int Place, Share Share)> shares)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var shape = LayerShape.Of(shares[0].Share.Module);
        var squares = shares.ToDictionary(entry => entry.Place, entry => context.Inner(entry.Share, entry.Share));
        var pairs = new Dictionary<(int, int), PairMeasurement>();
        if (shares.Count > 1)
        {
            var spans = shares.Select(entry => entry.Share.IsFullRank ? null : Subspaces.Of(entry.Share)).ToList();
            var signs = SignComparison.Measure([.. shares.Select(entry => context.Rows(entry.Share, shape))]);
            for (var i = 0; i < shares.Count; i++)
            {
                for (var j = i + 1; j < shares.Count; j++)
                {
                    var inner = context.Inner(shares[i].Share, shares[j].Share);
                    var norms = Math.Sqrt(squares[shares[i].Place] * squares[shares[j].Place]);
                    pairs[(shares[i].Place, shares[j].Place)] = new PairMeasurement(
                        inner, (long)shape.Outputs * shape.Inputs, signs[(i, j)], Describe(shares[i].Share.Module.Path, norms > 0 ? inner / norms : 0, signs[(i, j)], spans[i], spans[j]));
                }
            }
        }

        return new ModuleMeasurement(shares[0].Share.Module.Path, squares, pairs);
    }

    private static ModuleInterference Describe(string path, double cosine, SignComparison signs, Subspaces? left, Subspaces? right) => new()
    {
        Path = path,
        Cosine = cosine,
        OutputAngles = left is null || right is null ? [] : Subspaces.Angles(left.Outputs, right.Outputs),
        InputAngles = left is null || right is null ? [] : Subspaces.Angles(left.Inputs, right.Inputs),
        SignConflict = signs.Opposite,
        WeightedSignConflict = signs.Whole > 0 ? signs.Against / signs.Whole : 0,
        IsSampled = signs.IsSampled,
    };
}

/// <summary>Orthonormal bases of the directions that a change writes to (out, p) and looks at (in, p).</summary>
internal sealed record Subspaces(Tensor Outputs, Tensor Inputs)
{
    /// <summary>Below this share of the largest singular value a direction is rounding of factors in single precision.</summary>
    private const double Rounding = 1e-6;

    public static Subspaces Of(Share share)
    {
        var (b, a) = FactorAlgebra.Factors(share.Module);
        var (qb, rb) = b.Qr();
        var (qa, ra) = a.T().Qr();
        var (u, s, vh) = rb.Matmul(ra.T()).Svd();
        var values = s.ToArray<double>();
        var kept = values.Count(value => value > Rounding * values[0]);
        return new Subspaces(qb.Matmul(u.Narrow(1, 0, kept)), qa.Matmul(vh.Narrow(0, 0, kept).T()));
    }

    /// <summary>Principal angles in degrees, ascending: their cosines are the singular values of Q_1^T Q_2 (Golub and Van Loan, 6.4.3).</summary>
    public static ImmutableArray<double> Angles(Tensor left, Tensor right) => left.Size(1) == 0 || right.Size(1) == 0
        ? []
        : [.. left.T().Matmul(right).Svd().S.ToArray<double>().Select(cosine => Math.Round(Math.Acos(Math.Clamp(cosine, 0, 1)) * 180 / Math.PI, 2))];
}
