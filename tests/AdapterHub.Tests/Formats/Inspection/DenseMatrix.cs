using AdapterHub.Formats;

namespace AdapterHub.Tests.Formats.Inspection;

/// <summary>The change of a module as one would compute it on paper, in f64: the whole matrix, and its singular values by one-sided Jacobi rotations.</summary>
internal static class DenseMatrix
{
    /// <summary>s B A, (out, in).</summary>
    public static double[,] Change(LoraModule module)
    {
        var (a, b) = (module.A.ToSingles(), module.B.ToSingles());
        var (r, inputs, outputs) = (module.Rank, a.Length / module.Rank, b.Length / module.Rank);
        var change = new double[outputs, inputs];
        for (var i = 0; i < outputs; i++)
        {
            for (var j = 0; j < inputs; j++)
            {
                for (var k = 0; k < r; k++)
                    change[i, j] += module.Scale * b[(i * r) + k] * a[(k * inputs) + j];
            }
        }

        return change;
    }

    public static double Norm(double[,] matrix) => Math.Sqrt(matrix.Cast<double>().Sum(value => value * value));

    /// <summary>In descending order; as many as the smaller side.</summary>
    public static double[] SingularValues(double[,] matrix)
    {
        var columns = Columns(matrix);
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var rotated = false;
            for (var p = 0; p < columns.Length; p++)
            {
                for (var q = p + 1; q < columns.Length; q++)
                    rotated |= Orthogonalise(columns[p], columns[q]);
            }

            if (!rotated)
                break;
        }

        return [.. columns.Select(column => Math.Sqrt(Dot(column, column))).OrderDescending()];
    }

    private static bool Orthogonalise(double[] x, double[] y)
    {
        var (xx, yy, xy) = (Dot(x, x), Dot(y, y), Dot(x, y));
        if (Math.Abs(xy) <= 1e-16 * Math.Sqrt(xx * yy))
            return false;
        var zeta = (yy - xx) / (2 * xy);
        var t = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
        var c = 1 / Math.Sqrt(1 + (t * t));
        for (var i = 0; i < x.Length; i++)
            (x[i], y[i]) = (c * (x[i] - (t * y[i])), c * (y[i] + (t * x[i])));
        return true;
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (left, right) => left * right).Sum();

    /// <summary>Of the matrix or its transpose, whichever has fewer.</summary>
    private static double[][] Columns(double[,] matrix)
    {
        var (rows, columns) = (matrix.GetLength(0), matrix.GetLength(1));
        return rows >= columns
            ? [.. Enumerable.Range(0, columns).Select(j => Enumerable.Range(0, rows).Select(i => matrix[i, j]).ToArray())]
            : [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Select(j => matrix[i, j]).ToArray())];
    }
}
