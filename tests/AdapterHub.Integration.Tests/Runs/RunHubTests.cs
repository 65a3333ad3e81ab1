using System.Collections.Concurrent;
using System.Net.WebSockets;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Workers;
using Microsoft.Extensions.Logging;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>The SignalR hub over a bare WebSocket, by SignalR's own protocol (JSON hub protocol, version 1).</summary>
public sealed class RunHubTests
{
    private static CancellationToken Cancel => RunningHub.Cancel;

    [Fact]
    public async Task Watch_GivesEveryEventAboveANumberAndEnds()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await worker.AppendAsync(lease, [RunHubFixture.Step(1, 1), RunHubFixture.Step(2, 2)], Cancel);
        using var socket = await RunSocket.ConnectAsync(runs.Hub.Address, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read), Cancel);
        await socket.SendAsync($$"""{"type":4,"invocationId":"1","target":"Watch","arguments":[{{id}},3]}""", Cancel);
        var messages = socket.ReadAsync(Cancel).GetAsyncEnumerator(Cancel);

        (await RunSocket.NextAsync(messages, "1")).GetProperty("item").GetProperty("number").GetInt64().ShouldBe(4);
        await worker.AppendAsync(lease, [RunHubFixture.Step(3, 3)], Cancel);
        var live = (await RunSocket.NextAsync(messages, "1")).GetProperty("item");
        (live.GetProperty("number").GetInt64(), live.GetProperty("event").GetString(), live.GetProperty("step").GetInt32()).ShouldBe((5, "step", 3));
        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);
        (await RunSocket.NextAsync(messages, "1")).GetProperty("item").GetProperty("state").GetString().ShouldBe("succeeded");
        (await RunSocket.NextAsync(messages, "1")).GetProperty("type").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task WatchQueue_TellsChanges()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var socket = await RunSocket.ConnectAsync(runs.Hub.Address, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read), Cancel);
        await socket.SendAsync("""{"type":4,"invocationId":"q","target":"WatchQueue","arguments":[]}""", Cancel);
        var messages = socket.ReadAsync(Cancel).GetAsyncEnumerator(Cancel);
        // The stream is there when its first item is; a run before it makes sure of one.
        var id = await runs.StartRunAsync();

        var item = (await RunSocket.NextAsync(messages, "q")).GetProperty("item");

        (item.GetProperty("id").GetInt64(), item.GetProperty("state").GetString()).ShouldBe((id, "queued"));
    }

    [Fact]
    public async Task SomebodyElsesRun_IsNotFound()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var bob = await runs.Hub.AddUserAsync("bob");
        var log = new KeptLog();
        runs.Hub.Get<ILoggerFactory>().AddProvider(log);
        using var socket = await RunSocket.ConnectAsync(runs.Hub.Address, await runs.Hub.AddTokenAsync(bob, ActorScope.Write), Cancel);
        await socket.SendAsync($$"""{"type":4,"invocationId":"1","target":"Watch","arguments":[{{id}},0]}""", Cancel);

        var end = await RunSocket.NextAsync(socket.ReadAsync(Cancel).GetAsyncEnumerator(Cancel), "1");

        end.GetProperty("type").GetInt32().ShouldBe(3);
        end.GetProperty("error").GetString()!.ShouldContain("does not exist");
        log.Lines.ShouldBeEmpty("a refusal is no fault of the hub");
    }

    [Theory]
    [InlineData("Watch", "[RUN,0]")]
    [InlineData("WatchQueue", "[]")]
    public async Task TokenRevokedMeanwhile_EndsTheStream(string method, string arguments)
    {
        await using var runs = await RunHubFixture.StartAsync("--Runs:ViewerBelief=00:00:00.2");
        var id = await runs.StartRunAsync();
        var log = new KeptLog();
        runs.Hub.Get<ILoggerFactory>().AddProvider(log);
        using var socket = await RunSocket.ConnectAsync(runs.Hub.Address, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read), Cancel);
        await socket.SendAsync($$"""{"type":4,"invocationId":"1","target":"{{method}}","arguments":{{arguments.Replace("RUN", $"{id}", StringComparison.Ordinal)}}}""", Cancel);
        var messages = socket.ReadAsync(Cancel).GetAsyncEnumerator(Cancel);
        (await RunSocket.NextAsync(messages, "1")).GetProperty("type").GetInt32().ShouldBe(2);

        await RevokeAllAsync(runs);

        var end = await RunSocket.NextAsync(messages, "1");
        end.GetProperty("type").GetInt32().ShouldBe(3);
        end.GetProperty("error").GetString()!.ShouldContain("not in force");
        log.Lines.ShouldBeEmpty("a refusal is no fault of the hub");
    }

    [Fact]
    public async Task RightLostMeanwhile_EndsTheStreamOfEvents()
    {
        await using var runs = await RunHubFixture.StartAsync("--Runs:ViewerBelief=00:00:00.2");
        var id = await runs.StartRunAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/events");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Authorization", $"Bearer {await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read)}");
        using var response = await runs.Hub.As(null).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var reading = response.Content.ReadAsStringAsync(Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
        reading.IsCompleted.ShouldBeFalse();

        await RevokeAllAsync(runs);

        var stream = await reading.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        stream.ShouldContain("id: 1\n");
        // Who asks again is told why; a run that is over would have said so.
        stream.ShouldNotContain("event: end");
    }

    [Fact]
    public async Task ForeignPagesSocket_IsRefused()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");

        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{runs.Hub.Address.Port}/hubs/runs"), Cancel));
    }

    private static async Task RevokeAllAsync(RunHubFixture runs)
    {
        var tokens = runs.Hub.Get<TokenRegistry>();
        foreach (var token in await tokens.ListAsync(runs.Ada, Cancel))
            await tokens.RevokeAsync(runs.Ada, token.Id, Cancel);
    }

    /// <summary>Warnings and worse that the hub logged.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
