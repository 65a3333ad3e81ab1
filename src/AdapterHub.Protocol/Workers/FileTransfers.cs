using System.Net;
using System.Security.Cryptography;

namespace AdapterHub.Protocol.Workers;

/// <summary>A file as the body of a request, which tells whenever some of it went out.</summary>
internal sealed class MovingFileContent : HttpContent
{
    private const int BufferLength = 1 << 17;
    private readonly FileStream _file;
    private readonly Action _moved;

    public MovingFileContent(string path, Action moved)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, useAsync: true);
        _moved = moved;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        for (int read; (read = await _file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; _moved())
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _file.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>What came of an answer that was written to a file.</summary>
/// <param name="Digest">Of all of its bytes; null where the file could not be written.</param>
/// <param name="Fault">Why it could not. A fault of this machine is not the connection's, and asking again does not mend it.</param>
internal sealed record ReceivedFile(string? Digest, IOException? Fault)
{
    private const int BufferLength = 1 << 17;

    public static async Task<ReceivedFile> TakeAsync(HttpResponseMessage response, string path, Action moved, CancellationToken cancel)
    {
        var source = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferLength];
        FileStream target;
        try
        {
            target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        }
        catch (IOException fault)
        {
            return new ReceivedFile(null, fault);
        }

        await using (target.ConfigureAwait(false))
        {
            for (int read; (read = await source.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0; moved())
            {
                hash.AppendData(buffer, 0, read);
                try
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                }
                catch (IOException fault)
                {
                    return new ReceivedFile(null, fault);
                }
            }
        }

        return new ReceivedFile(Convert.ToHexStringLower(hash.GetHashAndReset()), null);
    }
}
