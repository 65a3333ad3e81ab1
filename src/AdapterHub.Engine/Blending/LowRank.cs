using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// The best rank-k approximation of B A from its factors alone (Eckart and Young, 1936; Golub and Van Loan, 5.4 and 2.4.2): with B = Q_B R_B and
/// A^T = Q_A R_A, the singular values of B A are those of the small core R_B R_A^T, because Q_B and Q_A have orthonormal columns.
/// O((out + in) R^2), where forming the (out, in) product first would cost O(out in min(out, in)).
/// </summary>
/// <remarks>
/// Float64 on the CPU. On a GPU the tall products run in Float32, whose rounding of about 1e-7 of the largest singular value then limits the
/// reported error; the core is always decomposed in Float64 on the CPU, where a matrix of some dozens of rows is quickest.
/// </remarks>
internal static class LowRank
{
    /// <summary>All singular values of B A, descending, and where R exceeds <paramref name="rank"/> the factors of the best approximation.</summary>
    public static (StackedFactors Kept, double[] SingularValues) Truncate(StackedFactors factors, int rank, Device device)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var work = device.IsCuda ? DType.Float32 : DType.Float64;
        var (qb, rb) = Tensor.From(factors.B, factors.Outputs, factors.Rank).To(device, work).Qr();      // (out, p), (p, R)
        var (qa, ra) = Tensor.From(factors.A, factors.Rank, factors.Inputs).To(device, work).T().Qr();   // (in, q), (q, R)
        var (u, s, vh) = rb.Matmul(ra.T()).To(Device.Cpu, DType.Float64).Svd();                          // (p, m), (m), (m, q)
        var values = s.ToArray<double>();
        if (factors.Rank <= rank)
            return (factors, values);

        var kept = Math.Min(rank, values.Length);
        var root = s.Narrow(0, 0, kept).Sqrt();
        // sqrt(S) on both sides: factors of equal size train and round best.
        var b = qb.Matmul((u.Narrow(1, 0, kept) * root).To(device, work));                               // (out, k)
        var a = (vh.Narrow(0, 0, kept) * root.Unsqueeze(1)).To(device, work).Matmul(qa.T());             // (k, in)
        return (factors.With(ToSingles(a), ToSingles(b), kept), values);
    }

    /// <summary>||left - right|| and ||left|| in the Frobenius norm, without forming either: the difference has factors of rank R + R'.</summary>
    public static (double Distance, double Norm) Compare(StackedFactors left, StackedFactors right)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var (b, a) = (Wide(left.B, left.Outputs, left.Rank), Wide(left.A, left.Rank, left.Inputs));
        var (b2, a2) = (Wide(right.B, right.Outputs, right.Rank), Wide(right.A, right.Rank, right.Inputs));
        return (Norm(Tensor.Cat([b, b2], 1), Tensor.Cat([a, -a2], 0)), Norm(b, a));
    }

    /// <summary>||B A||: orthonormal columns do not change it, so the cores have the norm of the product.</summary>
    private static double Norm(Tensor b, Tensor a) => b.Qr().R.Matmul(a.T().Qr().R.T()).Norm().Item();

    private static Tensor Wide(float[] values, long rows, long columns) => Tensor.From(values, rows, columns).To(DType.Float64);

    private static float[] ToSingles(Tensor tensor) => tensor.To(Device.Cpu, DType.Float32).Contiguous().ToArray<float>();
}
