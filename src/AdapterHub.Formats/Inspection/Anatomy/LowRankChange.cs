namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>
/// Measures the change dW = s B A of a module from r x r matrices, never forming dW: O((in + out) r^2) where the product alone would take
/// O(in out r). For DoRA it is the change of the direction only; what the magnitude adds depends on the base.
/// </summary>
public static class LowRankChange
{
    /// <summary>Above this rank the singular values are left out: their r^3 would let one file occupy a processor for hours.</summary>
    public const int HighestSpectrumRank = 1024;

    /// <summary>Above this rank nothing is measured: the r x r products alone would take hundreds of megabytes.</summary>
    public const int HighestRank = 4096;

    /// <summary>||dW||_F^2 = s^2 tr((B^T B)(A A^T)).</summary>
    public static double SquaredNorm(LoraModule module, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        return SquaredNorm(module, GramMatrix.OfRows(module.A, module.Rank, cancellation), GramMatrix.OfColumns(module.B, module.Rank, cancellation));
    }

    /// <summary>
    /// The norm, and the singular values in descending order: the square roots of the eigenvalues of s^2 L^T (A A^T) L with B^T B = L L^T.
    /// Values below about 1e-8 of the largest are rounding errors, since squaring halves the digits.
    /// </summary>
    /// <returns>As many values as the rank of the change, at most r; null above <see cref="HighestSpectrumRank"/> and where the norm is not finite.</returns>
    public static (double SquaredNorm, double[]? SingularValues) Spectrum(LoraModule module, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        var r = module.Rank;
        var aat = GramMatrix.OfRows(module.A, r, cancellation);
        var btb = GramMatrix.OfColumns(module.B, r, cancellation);
        var squared = SquaredNorm(module, aat, btb);
        if (r > HighestSpectrumRank || !double.IsFinite(squared))
            return (squared, null);
        cancellation.ThrowIfCancellationRequested();
        var (l, rank) = Factor(btb, r);
        var values = SymmetricEigenvalues.Of(Sandwich(l, rank, aat, r), rank);
        return (squared, [.. values.Select(value => Math.Abs(module.Scale) * Math.Sqrt(Math.Max(0, value)))]);
    }

    private static double SquaredNorm(LoraModule module, double[] aat, double[] btb)
    {
        var sum = 0.0;
        for (var k = 0; k < aat.Length; k++)
            sum += aat[k] * btb[k];
        return module.Scale * module.Scale * (sum < 0 ? 0 : sum);
    }

    /// <summary>Cholesky with diagonal pivoting of a positive semidefinite G (n, n): G = L L^T, L (n, rank). Ends where what is left is rounding.</summary>
    private static (double[] L, int Rank) Factor(double[] g, int n)
    {
        var rest = (double[])g.Clone();
        var l = new double[n * n];
        var least = 0.0;
        for (var k = 0; k < n; k++)
        {
            var pivot = 0;
            for (var i = 1; i < n; i++)
                pivot = rest[(i * n) + i] > rest[(pivot * n) + pivot] ? i : pivot;
            var largest = rest[(pivot * n) + pivot];
            if (k == 0)
                least = largest * n * 2.3e-16;
            if (!(largest > least))
                return (l, k);
            var root = Math.Sqrt(largest);
            for (var i = 0; i < n; i++)
                l[(i * n) + k] = rest[(i * n) + pivot] / root;
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                    rest[(i * n) + j] -= l[(i * n) + k] * l[(j * n) + k];
            }
        }

        return (l, n);
    }

    /// <summary>L^T G L, (rank, rank), of L (n, rank; rows n apart) and G (n, n).</summary>
    private static double[] Sandwich(double[] l, int rank, double[] g, int n)
    {
        var gl = new double[n * rank];
        for (var i = 0; i < n; i++)
        {
            for (var m = 0; m < n; m++)
            {
                var factor = g[(i * n) + m];
                for (var k = 0; k < rank; k++)
                    gl[(i * rank) + k] += factor * l[(m * n) + k];
            }
        }

        var result = new double[rank * rank];
        for (var m = 0; m < n; m++)
        {
            for (var i = 0; i < rank; i++)
            {
                var factor = l[(m * n) + i];
                for (var k = 0; k < rank; k++)
                    result[(i * rank) + k] += factor * gl[(m * rank) + k];
            }
        }

        return result;
    }
}
