using System.Runtime.InteropServices;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>
/// An <c>at::Tensor</c>. Owned by the <see cref="TensorScope"/> open when it is made, otherwise by whoever holds it; disposing
/// twice is harmless, use after disposal throws. Operators carry PyTorch's names and meaning.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private readonly TensorHandle _handle;
    private readonly int _dimensions;
    private long[]? _sizes;

    internal Tensor(nint handle)
    {
        _handle = new TensorHandle(handle);
        (DType, Device, Count, _dimensions) = TensorMemory.Describe(handle);
        Scope = TensorScope.Adopt(this);
    }

    public DType DType { get; }

    public Device Device { get; }

    /// <summary>Number of elements (<c>numel</c>).</summary>
    public long Count { get; }

    public int Dimensions => _dimensions;

    public long ByteCount => Count * DType.ByteSize();

    /// <summary>Elements along each dimension.</summary>
    public ReadOnlySpan<long> Shape => _sizes ??= TensorMemory.Sizes(Handle, _dimensions);

    public bool IsDisposed => _handle.IsClosed;

    internal TensorScope? Scope { get; set; }

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            return _handle.DangerousGetHandle();
        }
    }

    /// <summary>Elements along one dimension; negative counts from the end.</summary>
    public long Size(int dimension) => Shape[dimension < 0 ? dimension + _dimensions : dimension];

    /// <summary>Copies host data into a new CPU tensor.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> data, params ReadOnlySpan<long> shape) where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(data), DTypes.Of<T>(), shape.Length == 0 ? [data.Length] : shape);

    /// <summary>Copies raw little-endian elements into a new CPU tensor.</summary>
    public static Tensor FromBytes(ReadOnlySpan<byte> data, DType type, ReadOnlySpan<long> shape) => new(TensorMemory.FromHost(data, type, shape));

    /// <summary>All elements in row-major order, copied to the host; waits for the device.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new InvalidOperationException($"{this} holds {DType}, not {typeof(T).Name}: convert it with To first.");
        var result = new T[Count];
        CopyTo(MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    }

    /// <summary>Copies the raw elements to the host, row-major; waits for the device.</summary>
    public void CopyTo(Span<byte> target)
    {
        TensorMemory.ToHost(Handle, target);
        GC.KeepAlive(this);
    }

    /// <summary>Overwrites the elements of this tensor (any device) with host data of the same type and count.</summary>
    public void CopyFrom<T>(ReadOnlySpan<T> data) where T : unmanaged
    {
        using var source = From(data, Shape);
        Copy_(source);
    }

    /// <summary>The only element, as a double; waits for the device.</summary>
    public double Item()
    {
        Span<double> value = stackalloc double[1];
        using var wide = DType == DType.Float64 ? Alias() : To(DType.Float64);
        TensorMemory.ToHost(wide.Handle, MemoryMarshal.AsBytes(value));
        return value[0];
    }

    /// <summary>A second handle to the same tensor, with its own lifetime.</summary>
    public Tensor Alias()
    {
        Status.Check(Native.ah_tensor_clone_reference(Handle, out var same));
        GC.KeepAlive(this);
        return new Tensor(same);
    }

    public override string ToString() => IsDisposed ? "Tensor(disposed)" : $"{DType}[{string.Join(", ", Shape.ToArray())}]@{Device}";

    public void Dispose() => _handle.Dispose();
}
