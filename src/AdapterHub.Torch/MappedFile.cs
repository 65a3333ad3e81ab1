using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>
/// A file mapped into memory: tensors over it copy nothing and read pages as they are touched. Pages are private, so writing to
/// such a tensor never changes the file. Tensors stay valid after the file is disposed.
/// </summary>
public sealed class MappedFile : IDisposable
{
    private readonly MappingHandle _handle;

    private MappedFile(nint mapping) => _handle = new MappingHandle(mapping);

    /// <exception cref="TorchException">The file is missing, empty or cannot be mapped.</exception>
    public static MappedFile Open(string path)
    {
        Status.Check(Native.ah_mapping_open(path, out var mapping));
        return new MappedFile(mapping);
    }

    /// <summary>A CPU tensor over <paramref name="byteLength"/> bytes from <paramref name="offset"/>; copied only where the offset is not aligned to the type.</summary>
    public Tensor Tensor(long offset, long byteLength, DType type, ReadOnlySpan<long> shape)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new Tensor(TensorMemory.FromMapping(_handle.DangerousGetHandle(), offset, byteLength, type, shape));
    }

    public void Dispose() => _handle.Dispose();
}
