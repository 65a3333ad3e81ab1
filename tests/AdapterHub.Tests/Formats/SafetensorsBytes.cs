using System.Buffers.Binary;
using System.Text;

namespace AdapterHub.Tests.Formats;

/// <summary>Safetensors files by hand, right or wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A small right file: metadata, a matrix, a scalar, an empty tensor.</summary>
    public static byte[] Small { get; } = Build(
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"s":{"dtype":"I64","shape":[],"data_offsets":[16,24]},"z":{"dtype":"U8","shape":[0,7],"data_offsets":[24,24]}}   """,
        24);

    public static byte[] Build(string header, int dataLength) => Build(Encoding.UTF8.GetBytes(header), dataLength);

    public static byte[] Build(byte[] header, int dataLength) =>
        Build((ulong)header.Length, [.. header, .. Enumerable.Range(1, dataLength).Select(i => (byte)i)]);

    public static byte[] Build(ulong headerLength, byte[] rest)
    {
        var file = new byte[8 + rest.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength);
        rest.CopyTo(file, 8);
        return file;
    }
}
