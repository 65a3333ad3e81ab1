using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending.Dense;

/// <summary>
/// Singular values and best factors of a matrix M (rows, width) that is read in bands: M^T M = V S^2 V^T is summed up band by band, and the left
/// side is M V. In double precision the small singular values are then right to about 1e-8 of the largest (the square root of the precision of
/// S^2), where the factors are written with 6e-8 anyway.
/// </summary>
internal static class BandedSvd
{
    /// <summary>The factors of the best approximation of a rank (Eckart and Young), and all singular values, descending.</summary>
    public static (StackedFactors Factors, double[] SingularValues) Truncate(DeltaRows rows, LayerShape shape, int rank, Device device)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var (values, vectors) = Decompose(rows, device);                       // (width) descending, (width, width)
        var kept = Math.Clamp(Math.Min(rank, values.Count(value => value > 0)), 1, rows.Width);
        var basis = vectors.Narrow(1, 0, kept).Contiguous();                   // (width, k)
        var left = Project(rows, basis, device);                               // (rows, k) = M V = U S
        // sqrt(S) on both sides: factors of equal size train and round best.
        var roots = Tensor.From<double>(Array.ConvertAll(values[..kept], Math.Sqrt), kept);
        left = left / roots.Clamp(double.Epsilon, double.PositiveInfinity);
        var right = basis.To(Device.Cpu) * roots;
        var (b, a) = shape.IsTall ? (left, right.T()) : (right, left.T());
        return (StackedFactors.From(shape, ToSingles(a), ToSingles(b), kept), values);
    }

    /// <summary>||M - B A|| and ||M||.</summary>
    public static (double Distance, double Norm) Compare(DeltaRows rows, StackedFactors written)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        var other = FactorRows.Of(written);
        var band = new double[rows.BandRows * rows.Width];
        var (distance, norm) = (0.0, 0.0);
        foreach (var (start, values) in rows.Bands())
        {
            other.Read(start, band.AsSpan(0, values.Count));
            for (var i = 0; i < values.Count; i++)
            {
                distance += (values[i] - band[i]) * (values[i] - band[i]);
                norm += values[i] * values[i];
            }
        }

        return (Math.Sqrt(distance), Math.Sqrt(norm));
    }

    private static (double[] Values, Tensor Vectors) Decompose(DeltaRows rows, Device device)
    {
        var gram = Tensor.Zeros([rows.Width, rows.Width], DType.Float64, device);
        foreach (var (_, values) in rows.Bands())
        {
            using var pass = new TensorScope();
            var band = ToTensor(values, rows.Width, device);
            gram.Addmm_(band.T(), band);
        }

        var (squares, vectors) = gram.Eigh();                                  // ascending
        var ascending = squares.To(Device.Cpu).ToArray<double>();
        // Rounding of S^2 is of the order of its largest element; what is below is 0.
        var floor = ascending[^1] * rows.Width * 2.2e-16;
        var descending = Array.ConvertAll(ascending, square => square > floor ? Math.Sqrt(square) : 0);
        Array.Reverse(descending);
        return (descending, vectors.IndexSelect(1, Tensor.From<long>([.. Enumerable.Range(1, rows.Width).Select(place => (long)(rows.Width - place))]).To(device)));
    }

    private static Tensor Project(DeltaRows rows, Tensor basis, Device device)
    {
        var parts = new List<Tensor>();
        foreach (var (_, values) in rows.Bands())
        {
            using var pass = new TensorScope();
            parts.Add(pass.MoveOut(ToTensor(values, rows.Width, device).Matmul(basis).To(Device.Cpu)));
        }

        return Tensor.Cat(parts);
    }

    private static Tensor ToTensor(ArraySegment<double> values, int width, Device device) => Tensor.From<double>(values, values.Count / width, width).To(device);

    private static float[] ToSingles(Tensor tensor) => tensor.To(DType.Float32).Contiguous().ToArray<float>();
}
