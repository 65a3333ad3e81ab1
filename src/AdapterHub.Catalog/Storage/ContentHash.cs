using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Catalog.Storage;

/// <summary>The two names of a file's bytes: their SHA-256, and git's object id, which hashes the length before them.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _git;
    private readonly long? _length;

    /// <param name="length">The number of bytes to come; null when it is not known, and then the git id takes a pass of its own.</param>
    public ContentHash(long? length)
    {
        _length = length;
        if (length is not { } known)
            return;
        // Git's object ids are SHA-1 by definition; nothing here relies on them being hard to forge.
#pragma warning disable CA5350
        _git = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        _git.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {known}\0")));
    }

    /// <summary>Bytes taken so far.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        _sha256.AppendData(bytes);
        _git?.AppendData(bytes);
    }

    /// <summary>SHA-256 of what was taken, 64 hex digits.</summary>
    public string FinishDigest() => Convert.ToHexStringLower(_sha256.GetHashAndReset());

    /// <summary>Git's id, 40 hex digits; null when the length was unknown or was not the one promised.</summary>
    public string? FinishGitOid() => _git is not null && _length == Length ? Convert.ToHexStringLower(_git.GetHashAndReset()) : null;

    public void Dispose()
    {
        _sha256.Dispose();
        _git?.Dispose();
    }

    /// <summary>Both names of a stream of known length, from its position to its end.</summary>
    public static async Task<(string Digest, string GitOid)> OfAsync(Stream stream, long length, CancellationToken cancel)
    {
        using var hash = new ContentHash(length);
        await hash.AppendAsync(stream, cancel);
        return (hash.FinishDigest(), hash.FinishGitOid() ?? throw new IOException($"A file of {length} bytes had {hash.Length} when it was read."));
    }

    /// <summary>Takes a stream from its position to its end.</summary>
    public async Task AppendAsync(Stream stream, CancellationToken cancel)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
                Append(buffer.AsSpan(0, read));
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
