using System.Buffers.Binary;
using System.Collections.Immutable;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats;

/// <summary>A tensor of an adapter in memory: row-major, little-endian, without a framework. Equal when type, shape and bytes are.</summary>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Bytes">The elements as they lie in a safetensors file.</param>
public sealed record AdapterTensor(SafetensorsDtype Dtype, ImmutableArray<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Packs <paramref name="values"/> (row-major) as F32, F16, BF16 or F64, rounding to the nearest, ties to even.</summary>
    /// <exception cref="ArgumentException">The shape does not hold that many values.</exception>
    /// <exception cref="NotSupportedException">The type is none of the four.</exception>
    public static AdapterTensor FromSingles(ReadOnlySpan<float> values, ImmutableArray<long> shape, SafetensorsDtype dtype = SafetensorsDtype.F32)
    {
        var size = SafetensorsShape.GetByteLength(dtype, shape.AsSpan());
        if (size * 8 != (long)values.Length * dtype.BitSize())
            throw new ArgumentException($"Shape [{string.Join(", ", shape)}] does not hold {values.Length} values.", nameof(shape));
        var bytes = new byte[size];
        Pack(values, bytes, dtype);
        return new AdapterTensor(dtype, shape, bytes);
    }

    /// <summary>The elements as 32-bit floats, exact for F32, F16 and BF16.</summary>
    /// <exception cref="NotSupportedException">The type is not F32, F16, BF16 or F64.</exception>
    public float[] ToSingles()
    {
        var values = new float[Bytes.Length * 8L / Dtype.BitSize()];
        var bytes = Bytes.Span;
        switch (Dtype)
        {
            case SafetensorsDtype.F32:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
                break;
            case SafetensorsDtype.F16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]);
                break;
            case SafetensorsDtype.BF16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) << 16);
                break;
            case SafetensorsDtype.F64:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]);
                break;
            default:
                throw new NotSupportedException($"{Dtype.FileName()} has no conversion to floats here; F32, F16, BF16 and F64 have.");
        }

        return values;
    }

    /// <summary>How many elements are NaN or infinite; 0 for types that have neither.</summary>
    public long CountNonFinite() => NonFinite.Count(Dtype, Bytes.Span);

    public bool Equals(AdapterTensor? other) =>
        other is not null && Dtype == other.Dtype && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan()) && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Dtype);
        foreach (var size in Shape)
            hash.Add(size);
        hash.AddBytes(Bytes.Span[..Math.Min(Bytes.Length, 64)]);
        return hash.ToHashCode();
    }

    private static void Pack(ReadOnlySpan<float> values, Span<byte> bytes, SafetensorsDtype dtype)
    {
        for (var i = 0; i < values.Length; i++)
        {
            switch (dtype)
            {
                case SafetensorsDtype.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * 4)..], values[i]);
                    break;
                case SafetensorsDtype.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(bytes[(i * 2)..], (Half)values[i]);
                    break;
                case SafetensorsDtype.BF16:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * 2)..], ToBrainFloat(values[i]));
                    break;
                case SafetensorsDtype.F64:
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes[(i * 8)..], values[i]);
                    break;
                default:
                    throw new NotSupportedException($"{dtype.FileName()} cannot be made from floats here; F32, F16, BF16 and F64 can.");
            }
        }
    }

    /// <summary>Round to nearest even on the upper 16 bits; a NaN keeps its sign and stays a NaN even if its payload was in the lower bits.</summary>
    private static ushort ToBrainFloat(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
