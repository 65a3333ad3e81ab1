using System.Buffers.Binary;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// Layout of a token store, little-endian: 128 bytes of header; the tokens, 2 or 4 bytes each; the loss mask, one bit a token, absent when all are trained;
/// then for every document, and once more for the end, the number of its first token (low 62 bits) and its <see cref="RowFit"/> (high 2 bits) in 8 bytes.
/// Each section begins at a multiple of 8.
/// </summary>
internal sealed record TokenStoreHeader(int TokenBytes, long Documents, long Tokens, long MaskBytes, string Key)
{
    public const int Bytes = 128;
    public const int StartBits = 62;
    private const uint Version = 1;
    private const int KeyBytes = 32;

    private static ReadOnlySpan<byte> Magic => "AHTOKENS"u8;

    public long MaskOffset => Aligned(Bytes + checked(Tokens * TokenBytes));

    public long IndexOffset => Aligned(MaskOffset + MaskBytes);

    public long FileLength => checked(IndexOffset + (Documents + 1) * sizeof(ulong));

    public static long Aligned(long offset) => checked(offset + 7) & ~7L;

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), TokenBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Documents);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Tokens);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), MaskBytes);
        Convert.FromHexString(Key).CopyTo(bytes, 40);
        return bytes;
    }

    /// <exception cref="DatasetException">Not a token store, or one that was cut off.</exception>
    public static TokenStoreHeader Parse(string path, ReadOnlySpan<byte> bytes, long fileLength)
    {
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic))
            throw new DatasetException(path, null, "is not a token store");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) is var version && version != Version)
            throw new DatasetException(path, null, $"is a token store of version {version}; this program reads version {Version}");
        var header = new TokenStoreHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Convert.ToHexStringLower(bytes.Slice(40, KeyBytes)));
        if (header.FindContradiction(fileLength) is { } problem)
            throw new DatasetException(path, null, problem);
        return header;
    }

    private string? FindContradiction(long fileLength)
    {
        // Counts are bounded by the file's length first, so that the products below cannot overflow.
        if (TokenBytes is not (2 or 4) || Documents < 0 || Documents > fileLength / sizeof(ulong) || Tokens < 0 || Tokens > fileLength / TokenBytes
            || (MaskBytes != 0 && MaskBytes != (Tokens + 7) / 8))
            return "is a damaged token store: its header contradicts itself; delete it and it is made again";
        return FileLength == fileLength ? null
            : $"is a damaged token store: {fileLength} bytes, its header promises {FileLength}; delete it and it is made again";
    }
}
