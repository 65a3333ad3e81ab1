using System.Runtime.InteropServices;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Dense;

/// <summary>k B A in double precision, its rows along the larger side of the layer.</summary>
internal sealed class FactorRows : ParentRows
{
    private readonly double[] _left;
    private readonly double[] _right;
    private readonly int _rank;

    private FactorRows(int rows, int width, int rank, double[] left, double[] right)
        : base(rows, width) => (_rank, _left, _right) = (rank, left, right);

    /// <param name="shape">Of the layer.</param>
    /// <param name="a">(r, in)</param>
    /// <param name="b">(out, r)</param>
    /// <param name="k">What the product is multiplied by.</param>
    public static FactorRows Of(LayerShape shape, float[] a, float[] b, double k)
    {
        var rank = a.Length / shape.Inputs;
        var (wideA, wideB) = (Array.ConvertAll(a, value => k * value), Array.ConvertAll(b, value => (double)value));
        return shape.IsTall
            ? new FactorRows(shape.Outputs, shape.Inputs, rank, wideB, wideA)
            : new FactorRows(shape.Inputs, shape.Outputs, rank, Transpose(wideA, rank), Transpose(wideB, shape.Outputs));
    }

    public static FactorRows Of(StackedFactors factors) => Of(new LayerShape(factors.Outputs, factors.Inputs, []), factors.A, factors.B, 1);

    public override void Read(int start, Span<double> band)
    {
        using var scope = new TensorScope();
        var count = band.Length / Width;
        var left = Tensor.From<double>(_left.AsSpan(start * _rank, count * _rank), count, _rank);
        left.Matmul(Tensor.From<double>(_right, _rank, Width)).CopyTo(MemoryMarshal.AsBytes(band));
    }

    public override double At(int row, int column)
    {
        var sum = 0.0;
        for (var j = 0; j < _rank; j++)
            sum += _left[row * _rank + j] * _right[j * Width + column];
        return sum;
    }

    private static double[] Transpose(double[] matrix, int rows)
    {
        var columns = matrix.Length / rows;
        var transposed = new double[matrix.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
                transposed[c * rows + r] = matrix[r * columns + c];
        }

        return transposed;
    }
}
