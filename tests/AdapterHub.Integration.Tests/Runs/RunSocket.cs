using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>The hub of runs over a bare WebSocket, by SignalR's own protocol (JSON hub protocol, version 1).</summary>
internal sealed class RunSocket : IDisposable
{
    private const char EndOfRecord = '\u001e';
    private readonly ClientWebSocket _socket = new();

    /// <summary>As a browser does, which cannot send headers: the token stands in the address.</summary>
    public static async Task<RunSocket> ConnectAsync(Uri hub, string token, CancellationToken cancel)
    {
        var socket = new RunSocket();
        await socket._socket.ConnectAsync(new Uri($"ws://{hub.Authority}/hubs/runs?access_token={token}"), cancel);
        await socket.SendAsync("""{"protocol":"json","version":1}""", cancel);
        return socket;
    }

    public Task SendAsync(string json, CancellationToken cancel) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json + EndOfRecord), WebSocketMessageType.Text, endOfMessage: true, cancel);

    /// <summary>Every message that comes.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        var text = new StringBuilder();
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(), cancel);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (!received.EndOfMessage)
                continue;
            foreach (var record in text.ToString().Split(EndOfRecord, StringSplitOptions.RemoveEmptyEntries))
                yield return JsonDocument.Parse(record).RootElement;
            text.Clear();
        }
    }

    /// <summary>The next message of the stream; pings and the handshake's answer are passed over.</summary>
    public static async Task<JsonElement> NextAsync(IAsyncEnumerator<JsonElement> messages, string stream)
    {
        do
            (await messages.MoveNextAsync()).ShouldBeTrue();
        while (!messages.Current.TryGetProperty("invocationId", out var id) || id.GetString() != stream);
        return messages.Current;
    }

    /// <summary>The items of a stream to its end.</summary>
    public async IAsyncEnumerable<JsonElement> StreamAsync(string method, string arguments, [EnumeratorCancellation] CancellationToken cancel)
    {
        await SendAsync($$"""{"type":4,"invocationId":"stream","target":"{{method}}","arguments":{{arguments}}}""", cancel);
        await using var messages = ReadAsync(cancel).GetAsyncEnumerator(cancel);
        while ((await NextAsync(messages, "stream")) is var message && message.GetProperty("type").GetInt32() != 3)
            yield return message.GetProperty("item");
    }

    public void Dispose() => _socket.Dispose();
}
