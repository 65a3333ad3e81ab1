using System.Numerics;
using AdapterHub.Formats;

namespace AdapterHub.Cli.Inspection;

/// <summary>The size of a low-rank change without forming it.</summary>
internal static class LoraNorm
{
    /// <summary>||s B A||_F^2 = s^2 sum_ij (B^T B)_ij (A A^T)_ij: two r x r products instead of one (out, in) matrix.</summary>
    public static double Squared(LoraModule module)
    {
        var r = module.Rank;
        var a = module.A.ToSingles();
        var b = module.B.ToSingles();
        var aat = Gram(a, r, a.Length / r);
        var btb = Gram(Transposed(b, b.Length / r, r), r, b.Length / r);
        var sum = 0.0;
        for (var k = 0; k < aat.Length; k++)
            sum += aat[k] * btb[k];
        return module.Scale * module.Scale * Math.Max(0, sum);
    }

    /// <summary>X X^T of X (rows, columns).</summary>
    private static double[] Gram(float[] x, int rows, int columns)
    {
        var gram = new double[rows * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = i; j < rows; j++)
                gram[(i * rows) + j] = gram[(j * rows) + i] = Dot(x.AsSpan(i * columns, columns), x.AsSpan(j * columns, columns));
        }

        return gram;
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        // Partial sums of 4096 in f32 lanes, added up in f64.
        const int block = 4096;
        var sum = 0.0;
        for (var start = 0; start < x.Length; start += block)
        {
            var left = x.Slice(start, Math.Min(block, x.Length - start));
            var right = y.Slice(start, left.Length);
            var lanes = Vector<float>.Zero;
            var k = 0;
            for (; k <= left.Length - Vector<float>.Count; k += Vector<float>.Count)
                lanes += new Vector<float>(left[k..]) * new Vector<float>(right[k..]);
            sum += Vector.Sum(lanes);
            for (; k < left.Length; k++)
                sum += left[k] * right[k];
        }

        return sum;
    }

    private static float[] Transposed(float[] x, int rows, int columns)
    {
        var result = new float[x.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                result[(j * rows) + i] = x[(i * columns) + j];
        }

        return result;
    }
}
