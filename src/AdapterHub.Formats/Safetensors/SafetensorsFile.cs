using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace AdapterHub.Formats.Safetensors;

/// <summary>
/// An open, completely checked safetensors file. Tensors are read on demand by position, straight from the page cache into the caller's
/// memory: no second copy is kept, and a file that another process truncates meanwhile gives an exception, where a memory map would kill the
/// process with SIGBUS. A caller that wants to map the file itself has <see cref="Path"/> and <see cref="SafetensorsTensor.FileOffset"/>.
/// Safe for concurrent reads.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;
    private readonly SafeFileHandle _handle;
    private readonly FrozenDictionary<string, SafetensorsTensor> _byName;

    private SafetensorsFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, string>? metadata, ImmutableArray<SafetensorsTensor> tensors)
    {
        Path = path;
        _handle = handle;
        HasMetadata = metadata is not null;
        Metadata = metadata ?? ImmutableDictionary<string, string>.Empty;
        Tensors = tensors;
        _byName = tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    /// <summary>The header's <c>__metadata__</c> in the order of the file; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the header has <c>__metadata__</c> at all, be it empty.</summary>
    public bool HasMetadata { get; }

    /// <summary>In the order in which they lie in the file.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>Opens a file and checks all of it but the tensors' values.</summary>
    /// <exception cref="AdapterFormatException">The file breaks a rule of the format or a limit; all findings at once. A pickle is refused as such.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static SafetensorsFile Open(string path, SafetensorsLimits? limits = null)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var (metadata, tensors) = Check(path, handle, limits ?? SafetensorsLimits.Default);
            var file = new SafetensorsFile(path, handle, metadata, tensors);
            handle = null;
            return file;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>The tensor of that name, or null.</summary>
    public SafetensorsTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The bytes of a tensor, little-endian and row-major.</summary>
    /// <exception cref="ArgumentException">The tensor is larger than an array can be (2 GiB); read it in parts.</exception>
    public byte[] Read(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ByteLength > Array.MaxLength)
            throw new ArgumentException($"{tensor.Name} has {tensor.ByteLength} bytes, more than one array holds; read it in parts.", nameof(tensor));
        var bytes = GC.AllocateUninitializedArray<byte>((int)tensor.ByteLength);
        Read(tensor, bytes);
        return bytes;
    }

    /// <summary>Fills <paramref name="destination"/>, which must be exactly as long as the tensor.</summary>
    public void Read(SafetensorsTensor tensor, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, tensor.ByteLength, nameof(destination));
        Read(tensor, 0, destination);
    }

    /// <summary>Fills <paramref name="destination"/> with the tensor's bytes from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the tensor.</exception>
    /// <exception cref="AdapterFormatException">The file has become shorter since it was opened.</exception>
    public void Read(SafetensorsTensor tensor, long start, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tensor.ByteLength - destination.Length);
        if (!ReadAt(_handle, tensor.FileOffset + start, destination))
            throw new AdapterFormatException(Path, [new FormatFinding(tensor.Name, "the file became shorter while it was being read")]);
    }

    /// <summary>Copies a tensor's bytes to a stream in parts of at most 1 MiB.</summary>
    public void CopyTo(SafetensorsTensor tensor, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(destination);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(tensor.ByteLength, 1 << 20));
        for (long done = 0; done < tensor.ByteLength;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.ByteLength - done));
            Read(tensor, done, part);
            destination.Write(part);
            done += part.Length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>A tensor with its bytes in memory.</summary>
    public AdapterTensor Load(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new AdapterTensor(tensor.Dtype, tensor.Shape, Read(tensor));
    }

    public void Dispose() => _handle.Dispose();

    private static (IReadOnlyDictionary<string, string>? Metadata, ImmutableArray<SafetensorsTensor> Tensors) Check(
        string path, SafeFileHandle handle, SafetensorsLimits limits)
    {
        var findings = new FormatFindings();
        var fileLength = RandomAccess.GetLength(handle);
        var header = ReadHeader(handle, fileLength, limits, findings) is { } json ? SafetensorsHeader.Parse(json, limits, findings) : null;
        if (header is null)
        {
            ThrowIfPickle(path, handle);
            throw findings.ToException(path);
        }

        var tensors = SafetensorsLayout.Place(header, LengthBytes + header.ByteLength, fileLength, findings);
        findings.ThrowIfAny(path);
        return (header.Metadata, tensors);
    }

    /// <summary>The header's bytes; null, with a finding, when its length makes no sense. Allocates no more than the file has.</summary>
    private static byte[]? ReadHeader(SafeFileHandle handle, long fileLength, SafetensorsLimits limits, FormatFindings findings)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (fileLength < LengthBytes || !ReadAt(handle, 0, lengthBytes))
        {
            findings.Add(null, "the file is too short to be safetensors", $"at least {LengthBytes} bytes", $"{fileLength}");
            return null;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        var most = Math.Min(limits.HeaderBytes, SafetensorsLimits.FormatHeaderBytes);
        if (length > (ulong)most)
        {
            findings.Add(null, "the header is longer than allowed", $"at most {most} bytes", $"{length}");
            return null;
        }

        if ((long)length > fileLength - LengthBytes)
        {
            findings.Add(null, "the file ends within its header", $"{length} bytes of header", $"{fileLength - LengthBytes}");
            return null;
        }

        var json = new byte[(int)length];
        if (ReadAt(handle, LengthBytes, json))
            return json;
        findings.Add(null, "the file became shorter while it was being read");
        return null;
    }

    private static void ThrowIfPickle(string path, SafeFileHandle handle)
    {
        Span<byte> start = stackalloc byte[4];
        if (PickleFiles.HasPickleName(path) || (ReadAt(handle, 0, start) && PickleFiles.HasPickleMagic(start)))
            throw PickleFiles.Refuse(path);
    }

    private static bool ReadAt(SafeFileHandle handle, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
                return false;
            destination = destination[read..];
            offset += read;
        }

        return true;
    }
}
