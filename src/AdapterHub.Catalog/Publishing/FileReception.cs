using System.Buffers;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// One file on its way: bytes are added at its end, hashed as they come. When the program was restarted in between, or the file has another
/// length than what was hashed, the hash is made of the whole file once it is complete.
/// </summary>
internal sealed class FileReception(string path, long length) : IDisposable
{
    private const int BufferLength = 1 << 17;
    private ContentHash? _hash;
    private int _busy;

    /// <summary>When it was last used, for clearing away what was left.</summary>
    public DateTimeOffset TouchedAt { get; set; }

    public static long ReceivedOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>False while another connection adds to the file.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Adds the stream to the end of the file. Whatever arrived before the stream failed stays.</summary>
    /// <returns>Whether the stream held more than the file may have; then the file is as it was.</returns>
    public async Task<bool> AppendAsync(Stream source, CancellationToken cancel)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 });
        var start = file.Length;
        file.Position = start;
        PrepareHash(start);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (int read; (read = await source.ReadAsync(buffer.AsMemory(0, BufferLength), cancel)) > 0;)
            {
                if (file.Position + read > length)
                {
                    file.SetLength(start);
                    DropHash();
                    return true;
                }

                // Not cancelled half-way: the file and its hash go on together.
                await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                _hash?.Append(buffer.AsSpan(0, read));
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Brings the complete file to the disk and names its bytes.</summary>
    /// <exception cref="FileNotFoundException">It was removed meanwhile.</exception>
    public async Task<StoredBlob> SealAsync(CancellationToken cancel)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 });
        if (file.Length != length)
            throw new FileNotFoundException("The file was taken away while it arrived.", path);
        file.Flush(flushToDisk: true);
        if (_hash?.Length != length)
            return await HashAsync(file, cancel);
        var blob = new StoredBlob(_hash.FinishDigest(), length, _hash.FinishGitOid()!);
        DropHash();
        return blob;
    }

    public void Dispose() => DropHash();

    private async Task<StoredBlob> HashAsync(FileStream file, CancellationToken cancel)
    {
        var (digest, gitOid) = await ContentHash.OfAsync(file, length, cancel);
        return new StoredBlob(digest, length, gitOid);
    }

    private void PrepareHash(long start)
    {
        if (start == 0)
        {
            DropHash();
            _hash = new ContentHash(length);
        }
        else if (_hash?.Length != start)
        {
            DropHash();
        }
    }

    private void DropHash()
    {
        _hash?.Dispose();
        _hash = null;
    }
}
