namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>Eigenvalues of small symmetric matrices in f64: Householder tridiagonalisation, then implicit QR steps with Wilkinson's shift
/// (Golub and Van Loan, Matrix Computations, 4th edition, algorithms 8.3.1 and 8.3.3). Of order n^3 for the first, n^2 for the second.</summary>
internal static class SymmetricEigenvalues
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostStepsPerValue = 60;

    /// <param name="matrix">(n, n), symmetric, finite; overwritten.</param>
    /// <param name="n">Its size.</param>
    /// <returns>n values in descending order.</returns>
    public static double[] Of(double[] matrix, int n)
    {
        var diagonal = new double[n];
        var beside = new double[Math.Max(n - 1, 0)];
        Tridiagonalise(matrix, n, diagonal, beside);
        Diagonalise(diagonal, beside);
        Array.Sort(diagonal);
        Array.Reverse(diagonal);
        return diagonal;
    }

    private static void Tridiagonalise(double[] a, int n, double[] diagonal, double[] beside)
    {
        var v = new double[n];
        var w = new double[n];
        for (var k = 0; k < n - 2; k++)
        {
            diagonal[k] = a[(k * n) + k];
            var norm = 0.0;
            for (var i = k + 1; i < n; i++)
                norm += (v[i] = a[(i * n) + k]) * v[i];
            norm = Math.Sqrt(norm);
            beside[k] = v[k + 1] > 0 ? -norm : norm;
            if (norm is 0)
                continue;
            v[k + 1] -= beside[k];
            Reflect(a, n, k + 1, v, w);
        }

        for (var k = Math.Max(n - 2, 0); k < n; k++)
            diagonal[k] = a[(k * n) + k];
        if (n > 1)
            beside[n - 2] = a[((n - 1) * n) + n - 2];
    }

    /// <summary>A := H A H over rows and columns from <paramref name="start"/>, with H = I - 2 v v^T / (v^T v).</summary>
    private static void Reflect(double[] a, int n, int start, double[] v, double[] w)
    {
        var vv = 0.0;
        for (var i = start; i < n; i++)
            vv += v[i] * v[i];
        var beta = 2 / vv;
        var vw = 0.0;
        for (var i = start; i < n; i++)
        {
            var sum = 0.0;
            for (var j = start; j < n; j++)
                sum += a[(i * n) + j] * v[j];
            w[i] = beta * sum;
            vw += v[i] * w[i];
        }

        for (var i = start; i < n; i++)
            w[i] -= beta / 2 * vw * v[i];
        for (var i = start; i < n; i++)
        {
            for (var j = start; j < n; j++)
                a[(i * n) + j] -= (v[i] * w[j]) + (w[i] * v[j]);
        }
    }

    private static void Diagonalise(double[] d, double[] e)
    {
        var floor = Epsilon * d.Concat(e).Select(Math.Abs).DefaultIfEmpty().Max();
        var steps = MostStepsPerValue * d.Length;
        for (var high = d.Length - 1; high > 0 && steps-- > 0;)
        {
            if (IsSmall(high - 1))
            {
                e[--high] = 0;
                continue;
            }

            var low = high - 1;
            while (low > 0 && !IsSmall(low - 1))
                low--;
            Step(d, e, low, high);
        }

        bool IsSmall(int k) => Math.Abs(e[k]) <= Math.Max(floor, Epsilon * (Math.Abs(d[k]) + Math.Abs(d[k + 1])));
    }

    private static void Step(double[] d, double[] e, int low, int high)
    {
        var half = (d[high - 1] - d[high]) / 2;
        var last = e[high - 1];
        var root = Math.Sqrt((half * half) + (last * last));
        var x = d[low] - (d[high] - (last * last / (half + (half < 0 ? -root : root))));
        var z = e[low];
        for (var k = low; k < high; k++)
        {
            var length = Math.Sqrt((x * x) + (z * z));
            if (length is 0)
                return;
            var (c, s) = (x / length, z / length);
            if (k > low)
                e[k - 1] = length;
            var (left, right, between) = (d[k], d[k + 1], e[k]);
            d[k] = (c * c * left) + (2 * c * s * between) + (s * s * right);
            d[k + 1] = (s * s * left) - (2 * c * s * between) + (c * c * right);
            e[k] = (c * s * (right - left)) + (((c * c) - (s * s)) * between);
            x = e[k];
            if (k < high - 1)
            {
                z = s * e[k + 1];
                e[k + 1] *= c;
            }
        }
    }
}
