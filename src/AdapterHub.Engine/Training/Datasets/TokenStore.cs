using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// A tokenised corpus in one file, read in place: two bytes a token up to a vocabulary of 65,536, else four. Only the document index is held in memory
/// (8 bytes a document). Read by offset rather than mapped, so that a file cut off under us gives an error and not a dead process.
/// </summary>
public sealed class TokenStore : ITokenDocuments, IDisposable
{
    private const int KeyDigits = 64;

    private readonly SafeFileHandle _file;
    private readonly TokenStoreHeader _header;
    private readonly ulong[] _index;

    private TokenStore(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        var bytes = new byte[TokenStoreHeader.Bytes];
        var length = RandomAccess.GetLength(file);
        var held = RandomAccess.Read(file, bytes, 0);
        _header = TokenStoreHeader.Parse(path, bytes.AsSpan(0, held), length);
        _index = new ulong[checked((int)_header.Documents + 1)];
        ReadExactly(MemoryMarshal.AsBytes(_index.AsSpan()), _header.IndexOffset);
        CheckIndex();
    }

    public string Path { get; }

    /// <summary>What the store was made from (64 hex digits), as given when it was written; see <see cref="TokenStoreKey"/>.</summary>
    public string Key => _header.Key;

    public string Digest => _header.Key;

    public int Count => _index.Length - 1;

    public long TokenCount => _header.Tokens;

    public bool HasLossMask => _header.MaskBytes > 0;

    /// <exception cref="DatasetException">Not a token store, or a damaged one.</exception>
    public static TokenStore Open(string path)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(path, null, $"cannot be opened: {failure.Message}");
        }

        try
        {
            return new TokenStore(path, file);
        }
        catch (Exception failure) when (failure is DatasetException or IOException or OverflowException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes beside <paramref name="path"/> and renames at the end: the file is there whole or not at all.</summary>
    /// <param name="path">Where; an older file is replaced.</param>
    /// <param name="key">64 hex digits that stand for everything the tokens depend on.</param>
    /// <param name="vocabularySize">Decides between two and four bytes a token.</param>
    /// <param name="examples">Documents in order.</param>
    /// <exception cref="DatasetException">From reading the examples; nothing is left behind.</exception>
    public static void Write(string path, string key, int vocabularySize, IEnumerable<TokenizedExample> examples)
    {
        if (key.Length != KeyDigits)
            throw new ArgumentException($"The key has {key.Length} digits, expected {KeyDigits}.", nameof(key));
        var whole = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(whole)!);
        var temporary = $"{whole}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var writer = new TokenStoreWriter(new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20), vocabularySize))
            {
                foreach (var example in examples)
                    writer.Append(example);
                writer.Complete(key);
            }

            File.Move(temporary, whole, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The store at <paramref name="path"/> if it was made from the same <paramref name="key"/>, else a new one in its place.</summary>
    /// <exception cref="DatasetException">From reading the examples.</exception>
    public static TokenStore OpenOrWrite(string path, string key, int vocabularySize, Func<IEnumerable<TokenizedExample>> examples)
    {
        if (File.Exists(path) && TryReuse(path, key) is { } store)
            return store;
        Write(path, key, vocabularySize, examples());
        return Open(path);
    }

    public long GetLength(int document) => Start(document + 1) - Start(document);

    public RowFit GetFit(int document) => (RowFit)(_index[document] >> TokenStoreHeader.StartBits);

    public void ReadTokens(int document, long start, Span<int> tokens)
    {
        var first = CheckedStart(document, start, tokens.Length);
        if (_header.TokenBytes == sizeof(uint))
        {
            ReadExactly(MemoryMarshal.AsBytes(tokens), TokenStoreHeader.Bytes + first * sizeof(uint));
            return;
        }

        // The bytes are read into the second half of the destination and widened from the front: the writing never overtakes the reading.
        var narrow = MemoryMarshal.Cast<int, ushort>(tokens)[tokens.Length..];
        ReadExactly(MemoryMarshal.AsBytes(narrow), TokenStoreHeader.Bytes + first * sizeof(ushort));
        for (var k = 0; k < tokens.Length; k++)
            tokens[k] = narrow[k];
    }

    public void ReadLossMask(int document, long start, Span<bool> mask)
    {
        var first = CheckedStart(document, start, mask.Length);
        if (!HasLossMask || mask.IsEmpty)
        {
            mask.Fill(true);
            return;
        }

        var from = first >> 3;
        var length = (int)(((first + mask.Length - 1) >> 3) - from + 1);
        var bits = ArrayPool<byte>.Shared.Rent(length);
        ReadExactly(bits.AsSpan(0, length), _header.MaskOffset + from);
        LossBits.Read(bits, first & 7, mask);
        ArrayPool<byte>.Shared.Return(bits);
    }

    public void Dispose() => _file.Dispose();

    private static TokenStore? TryReuse(string path, string key)
    {
        try
        {
            var store = Open(path);
            if (store.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
                return store;
            store.Dispose();
        }
        catch (DatasetException)
        {
            // A damaged cache is no reason to stop: it is written again.
        }

        return null;
    }

    private long Start(int document) => (long)(_index[document] & ((1UL << TokenStoreHeader.StartBits) - 1));

    private long CheckedStart(int document, long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, GetLength(document), nameof(length));
        return Start(document) + start;
    }

    private void CheckIndex()
    {
        var sound = Start(0) == 0 && Start(Count) == TokenCount;
        for (var document = 0; document < Count && sound; document++)
            sound = Start(document) < Start(document + 1) && Enum.IsDefined(GetFit(document));
        if (!sound)
            throw new DatasetException(Path, null, "is a damaged token store: its document index is not ascending; delete it and it is made again");
    }

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw new DatasetException(Path, null, $"ended at byte {offset} while it was read; was it replaced?");
            bytes = bytes[read..];
            offset += read;
        }
    }
}
