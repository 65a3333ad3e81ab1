using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Tensors of adapter files as tensors of libtorch, and back.</summary>
public static class AdapterTensors
{
    /// <summary>A copy on <paramref name="device"/> in <paramref name="type"/>, owned by the caller alone.</summary>
    /// <exception cref="NotSupportedException">The file's type is none that libtorch computes with.</exception>
    public static Tensor ToTorch(this AdapterTensor tensor, Device device, DType type)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!TensorTypes.TryToTorch(tensor.Dtype, out var stored))
            throw new NotSupportedException($"Tensors of type {tensor.Dtype} are not supported.");
        using var host = Tensor.FromBytes(tensor.Bytes.Span, stored, tensor.Shape.AsSpan());
        return TensorScope.Detach(host.To(device, type));
    }

    /// <summary>The elements as they would be written to a file.</summary>
    public static AdapterTensor ToAdapterTensor(this Tensor tensor, DType? type = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var target = type ?? tensor.DType;
        using var detached = tensor.Detach();
        using var converted = detached.To(target);
        var bytes = new byte[converted.ByteCount];
        converted.CopyTo(bytes);
        return new AdapterTensor(TensorTypes.ToFile(target), [.. tensor.Shape], bytes);
    }
}
