using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>The SignalR hub over a bare WebSocket, by SignalR's own protocol (JSON hub protocol, version 1).</summary>
public sealed class RunHubTests
{
    private const char EndOfRecord = '\u001e';

    private static CancellationToken Cancel => RunningHub.Cancel;

    [Fact]
    public async Task Watch_GivesEveryEventAboveANumberAndEnds()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await worker.AppendAsync(lease, [RunHubFixture.Step(1, 1), RunHubFixture.Step(2, 2)], Cancel);
        using var socket = await ConnectAsync(runs, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read));
        await SendAsync(socket, $$"""{"type":4,"invocationId":"1","target":"Watch","arguments":[{{id}},3]}""");
        var messages = ReadAsync(socket).GetAsyncEnumerator(Cancel);

        (await NextAsync(messages, "1")).GetProperty("item").GetProperty("number").GetInt64().ShouldBe(4);
        await worker.AppendAsync(lease, [RunHubFixture.Step(3, 3)], Cancel);
        var live = (await NextAsync(messages, "1")).GetProperty("item");
        (live.GetProperty("number").GetInt64(), live.GetProperty("event").GetString(), live.GetProperty("step").GetInt32()).ShouldBe((5, "step", 3));
        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);
        (await NextAsync(messages, "1")).GetProperty("item").GetProperty("state").GetString().ShouldBe("succeeded");
        (await NextAsync(messages, "1")).GetProperty("type").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task WatchQueue_TellsChanges()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var socket = await ConnectAsync(runs, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read));
        await SendAsync(socket, """{"type":4,"invocationId":"q","target":"WatchQueue","arguments":[]}""");
        var messages = ReadAsync(socket).GetAsyncEnumerator(Cancel);
        // The stream is there when its first item is; a run before it makes sure of one.
        var id = await runs.StartRunAsync();

        var item = (await NextAsync(messages, "q")).GetProperty("item");

        (item.GetProperty("id").GetInt64(), item.GetProperty("state").GetString()).ShouldBe((id, "queued"));
    }

    [Fact]
    public async Task SomebodyElsesRun_IsNotFound()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var bob = await runs.Hub.AddUserAsync("bob");
        using var socket = await ConnectAsync(runs, await runs.Hub.AddTokenAsync(bob, ActorScope.Write));
        await SendAsync(socket, $$"""{"type":4,"invocationId":"1","target":"Watch","arguments":[{{id}},0]}""");

        var end = await NextAsync(ReadAsync(socket).GetAsyncEnumerator(Cancel), "1");

        end.GetProperty("type").GetInt32().ShouldBe(3);
        end.GetProperty("error").GetString()!.ShouldContain("does not exist");
    }

    [Fact]
    public async Task ForeignPagesSocket_IsRefused()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");

        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{runs.Hub.Address.Port}/hubs/runs"), Cancel));
    }

    /// <summary>As a browser does, which cannot send headers: the token stands in the address.</summary>
    private static async Task<ClientWebSocket> ConnectAsync(RunHubFixture runs, string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{runs.Hub.Address.Port}/hubs/runs?access_token={token}"), Cancel);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json + EndOfRecord), WebSocketMessageType.Text, endOfMessage: true, Cancel);

    private static async IAsyncEnumerable<JsonElement> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 16];
        var text = new StringBuilder();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancel);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (!received.EndOfMessage)
                continue;
            foreach (var record in text.ToString().Split(EndOfRecord, StringSplitOptions.RemoveEmptyEntries))
                yield return JsonDocument.Parse(record).RootElement;
            text.Clear();
        }
    }

    /// <summary>The next message of the stream; pings and the handshake's answer are passed over.</summary>
    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<JsonElement> messages, string stream)
    {
        do
            (await messages.MoveNextAsync()).ShouldBeTrue();
        while (!messages.Current.TryGetProperty("invocationId", out var id) || id.GetString() != stream);
        return messages.Current;
    }
}
