using System.Runtime.InteropServices;
using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Engine.Training;

/// <summary>Loss and gradient norm of the last steps, kept on the device until somebody asks, so that no step waits for the host.</summary>
internal sealed class StepHistory : IDisposable
{
    private static readonly Operator AddWhole = Operator.Get("aten::add_", "Scalar");
    private readonly Tensor _rows;
    private readonly Tensor _next;
    private readonly int _capacity;

    public StepHistory(Device device, int capacity)
    {
        _capacity = capacity;
        _rows = TensorScope.Detach(Tensor.Zeros([capacity, 2], DType.Float32, device));
        _next = TensorScope.Detach(Tensor.Zeros([1], DType.Int64, device));
    }

    /// <summary>Both are f32 scalars on the device. The row is found on the device too: a captured step writes the next one at each replay.</summary>
    public void Append(Tensor loss, Tensor norm)
    {
        using var noGrad = Grad.Disable();
        _rows.IndexCopy_(0, _next, Tensor.Stack([loss.Reshape(), norm.Reshape()]).Unsqueeze(0));
        AddWhole.Invoke(_next, 1L);
    }

    /// <summary>The last <paramref name="count"/> steps in order; waits for the device and starts again at the first row.</summary>
    public (float Loss, float Norm)[] Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _capacity);
        var values = _rows.ToArray<float>();
        _next.Zero_();
        return MemoryMarshal.Cast<float, (float, float)>(values.AsSpan(0, 2 * count)).ToArray();
    }

    public void Dispose()
    {
        _rows.Dispose();
        _next.Dispose();
    }
}
