using System.Numerics;
using System.Runtime.InteropServices;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats;

/// <summary>Counts NaN and infinite elements by their bits: nothing is converted or allocated.</summary>
internal static class NonFinite
{
    /// <summary>Whether the type has a NaN or an infinity at all. F4 and F6 have none (OCP Microscaling Formats, version 1.0, section 5.3).</summary>
    public static bool IsPossible(SafetensorsDtype dtype) =>
        dtype == SafetensorsDtype.C64 || (dtype.IsFloatingPoint() && dtype.BitSize() >= 8);

    /// <param name="dtype">Type of the elements; complex numbers count their two parts.</param>
    /// <param name="bytes">Whole elements, little-endian.</param>
    public static long Count(SafetensorsDtype dtype, ReadOnlySpan<byte> bytes) => dtype switch
    {
        SafetensorsDtype.F32 or SafetensorsDtype.C64 => CountMasked(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
        SafetensorsDtype.F16 => CountMasked(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00),
        SafetensorsDtype.BF16 => CountMasked(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80),
        SafetensorsDtype.F64 => CountMasked(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0_0000_0000_0000ul),
        SafetensorsDtype.F8E5M2 => CountMasked(bytes, (byte)0x7C),
        // No infinity; NaN is every bit but the sign's (Micikevicius et al., arXiv 2209.05433, table 1).
        SafetensorsDtype.F8E4M3 => CountMasked(bytes, (byte)0x7F),
        SafetensorsDtype.F8E8M0 => CountMasked(bytes, (byte)0xFF),
        // The one NaN stands where minus zero would (arXiv 2206.02915).
        SafetensorsDtype.F8E4M3Fnuz or SafetensorsDtype.F8E5M2Fnuz => MemoryExtensions.Count(bytes, (byte)0x80),
        _ => 0,
    };

    /// <summary>Elements with every bit of the mask set: for IEEE types, with the mask over the exponent, NaN and infinity exactly.</summary>
    private static long CountMasked<T>(ReadOnlySpan<T> elements, T mask)
        where T : struct, IBinaryInteger<T>
    {
        var masks = new Vector<T>(mask);
        var found = 0L;
        var i = 0;
        for (; i <= elements.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(elements.Slice(i, Vector<T>.Count)) & masks, masks))
                found += CountEach(elements.Slice(i, Vector<T>.Count), mask);
        }

        return found + CountEach(elements[i..], mask);
    }

    private static long CountEach<T>(ReadOnlySpan<T> elements, T mask)
        where T : struct, IBinaryInteger<T>
    {
        var found = 0L;
        foreach (var element in elements)
            found += (element & mask) == mask ? 1 : 0;
        return found;
    }
}
