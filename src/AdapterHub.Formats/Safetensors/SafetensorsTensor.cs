using System.Collections.Immutable;

namespace AdapterHub.Formats.Safetensors;

/// <summary>One tensor of a checked file.</summary>
/// <param name="Name">Its key in the header.</param>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar; a size may be 0.</param>
/// <param name="FileOffset">Bytes from the start of the file to its first element: what a memory map of the file needs.</param>
/// <param name="ByteLength">Bytes, exactly the product of the shape times the element size.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long FileOffset, long ByteLength);

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="WriteTo">Writes exactly the tensor's bytes, little-endian and row-major; called once, when its turn comes.</param>
public sealed record SafetensorsSource(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>A tensor whose bytes are in memory.</summary>
    public static SafetensorsSource FromBytes(string name, SafetensorsDtype dtype, ImmutableArray<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, dtype, shape, stream => stream.Write(bytes.Span));

    public static SafetensorsSource FromTensor(string name, AdapterTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return FromBytes(name, tensor.Dtype, tensor.Shape, tensor.Bytes);
    }

    /// <summary>A tensor copied out of an open file, which must stay open until the write is over.</summary>
    public static SafetensorsSource FromFile(SafetensorsFile file, SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new(tensor.Name, tensor.Dtype, tensor.Shape, stream => file.CopyTo(tensor, stream));
    }
}

internal static class SafetensorsShape
{
    /// <summary>Bytes of a tensor; null when the product overflows 64 bits or the bits do not fill whole bytes.</summary>
    public static long? FindByteLength(SafetensorsDtype dtype, ReadOnlySpan<long> shape)
    {
        long bits = 1;
        foreach (var size in shape)
        {
            if (size < 0 || Math.BigMul(bits, size, out bits) is not 0 || bits < 0)
                return null;
        }

        if (Math.BigMul(bits, dtype.BitSize(), out bits) is not 0 || bits < 0)
            return null;
        return bits % 8 == 0 ? bits / 8 : null;
    }

    /// <exception cref="ArgumentException">The shape has no size in bytes.</exception>
    public static long GetByteLength(SafetensorsDtype dtype, ReadOnlySpan<long> shape) =>
        FindByteLength(dtype, shape)
        ?? throw new ArgumentException($"A {dtype.FileName()} tensor of shape [{string.Join(", ", shape.ToArray())}] has no size in whole bytes.", nameof(shape));
}
