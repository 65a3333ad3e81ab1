using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Blending;

/// <summary>What can be said of B A without forming it.</summary>
internal static class FactorAlgebra
{
    /// <summary>
    /// The inner product of two products, tr((B_1 A_1)^T B_2 A_2) = sum (B_1^T B_2) * (A_1 A_2^T) element by element, in double precision:
    /// O((out + in) r_1 r_2).
    /// </summary>
    public static double Inner(LoraModule left, LoraModule right)
    {
        using var grad = Grad.Disable();
        using var thread = TorchRuntime.UseOneThread();
        using var scope = new TensorScope();
        var (b1, a1) = Factors(left);
        var (b2, a2) = Factors(right);
        return (b1.T().Matmul(b2) * a1.Matmul(a2.T())).Sum().Item();
    }

    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    /// <summary>B (out, r) and A (r, in) in double precision, a convolution's kernel flattened.</summary>
    public static (Tensor B, Tensor A) Factors(LoraModule module)
    {
        var shape = LayerShape.Of(module);
        return (Wide(module.B, shape.Outputs, module.Rank), Wide(module.A, module.Rank, shape.Inputs));
    }

    private static Tensor Wide(AdapterTensor tensor, long rows, long columns) => Tensor.From<float>(tensor.ToSingles(), rows, columns).To(DType.Float64);
}
