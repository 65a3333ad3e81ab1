using System.Buffers;
using System.Net;

namespace AdapterHub.Protocol.Hub.Client;

/// <summary>The rest of a stream as a request's body, telling how far it is.</summary>
internal sealed class ProgressContent(Stream source, Action<long> moved) : HttpContent
{
    private const int BufferLength = 1 << 17;

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length - source.Position;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (int read; (read = await source.ReadAsync(buffer.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                moved(source.Position);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
