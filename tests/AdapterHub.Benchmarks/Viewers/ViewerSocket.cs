using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text;

namespace AdapterHub.Benchmarks.Viewers;

/// <summary>
/// One viewer: a client of SignalR's JSON protocol over a WebSocket, reduced to what a stream needs, so that two hundred of them leave the
/// processor to the hub.
/// </summary>
internal sealed class ViewerSocket : IDisposable
{
    private const byte EndOfRecord = 0x1e;
    private static readonly TimeSpan PingPace = TimeSpan.FromSeconds(10);
    private readonly ClientWebSocket _socket = new();
    private readonly WrittenEvents _written;
    private long _last;

    private ViewerSocket(WrittenEvents written) => _written = written;

    /// <summary>Milliseconds from the worker's writing to here.</summary>
    public List<float> Waits { get; } = [];

    public List<float> Early { get; } = [];

    /// <summary>Different events.</summary>
    public long Seen { get; private set; }

    public int Twice { get; private set; }

    public static async Task<ViewerSocket> ConnectAsync(Uri hub, string token, long run, WrittenEvents written)
    {
        var viewer = new ViewerSocket(written);
        await viewer._socket.ConnectAsync(new Uri($"ws://{hub.Authority}/hubs/runs?access_token={token}"), default);
        await viewer.SendAsync("""{"protocol":"json","version":1}""");
        await viewer.SendAsync($$"""{"type":4,"invocationId":"1","target":"Watch","arguments":[{{run}},0]}""");
        return viewer;
    }

    /// <summary>Until the stream is over.</summary>
    public async Task WatchAsync()
    {
        using var over = new CancellationTokenSource();
        var pinging = PingAsync(over.Token);
        var buffer = new byte[1 << 16];
        var filled = 0;
        var isOver = false;
        while (!isOver)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), default);
            if (received.MessageType == WebSocketMessageType.Close)
                break;
            filled += received.Count;
            var start = 0;
            for (int end; !isOver && (end = buffer.AsSpan(start, filled - start).IndexOf(EndOfRecord)) >= 0; start += end + 1)
                isOver = Take(buffer.AsSpan(start, end));
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
        }

        await over.CancelAsync();
        await pinging;
        Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>Whether it was the last.</returns>
    private bool Take(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith("{\"type\":3"u8))
            return true;
        if (ReadAfter(record, "\"number\":"u8) is not { } number)
            return false;
        if (number != _last + 1)
            Twice++;
        if (number > _last)
            Seen++;
        _last = number;
        if (record.IndexOf("\"event\":\"step\""u8) < 0 || ReadAfter(record, "\"step\":"u8) is not { } step)
            return false;
        var (wait, isEarly) = _written.Since((int)step);
        (isEarly ? Early : Waits).Add(wait);
        return false;
    }

    private static long? ReadAfter(ReadOnlySpan<byte> record, ReadOnlySpan<byte> name) =>
        record.IndexOf(name) is >= 0 and var at && Utf8Parser.TryParse(record[(at + name.Length)..], out long value, out _) ? value : null;

    /// <summary>A server takes a client that says nothing for half a minute for dead.</summary>
    private async Task PingAsync(CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(PingPace, over);
                await SendAsync("""{"type":6}""");
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The stream is over.
        }
    }

    private Task SendAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json + (char)EndOfRecord), WebSocketMessageType.Text, endOfMessage: true, default);
}
