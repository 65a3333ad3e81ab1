using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

public sealed class WorkerTokenTests
{
    private static CancellationToken Cancel => RunningHub.Cancel;

    /// <summary>Every address that the hub has, with a worker's token: none but the workers' own answers as to anybody at all.</summary>
    [Theory]
    [InlineData("GET", "/api/hub/repositories")]
    [InlineData("GET", "/api/hub/whoami")]
    [InlineData("GET", "/api/hub/workers")]
    [InlineData("POST", "/api/hub/drafts")]
    [InlineData("GET", "/api/runs")]
    [InlineData("GET", "/api/runs/1")]
    [InlineData("GET", "/api/runs/1/events")]
    [InlineData("POST", "/api/runs/1/cancel")]
    [InlineData("POST", "/hubs/runs/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/")]
    public async Task WorkersToken_OpensNothingElse(string method, string path)
    {
        await using var runs = await RunHubFixture.StartAsync();
        await runs.StartRunAsync();
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = runs.Hub.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await runs.AddWorkerTokenAsync("w"));

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task PeoplesTokens_AreNoWorkers()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var client = new WorkerClient(runs.Hub.Address, await runs.Hub.AddTokenAsync(runs.Ada, AdapterHub.Catalog.Accounts.ActorScope.Write));

        var refused = await Should.ThrowAsync<HubClientException>(() => client.RegisterAsync(new WorkerHello("cpu", false, "1"), Cancel));

        refused.Problem!.Status.ShouldBe(401);
    }

    [Fact]
    public async Task OtherWorkersLease_IsGone()
    {
        await using var runs = await RunHubFixture.StartAsync();
        await runs.StartRunAsync();
        var first = await runs.AddWorkerAsync("a");
        var second = await runs.AddWorkerAsync("b");
        var lease = (await first.LeaseAsync(TimeSpan.Zero, Cancel))!;

        await Should.ThrowAsync<LeaseLostException>(() => second.AppendAsync(lease, [RunHubFixture.Step(1, 1)], Cancel));
        await Should.ThrowAsync<LeaseLostException>(() => first.AppendAsync(lease with { Lease = "guess" }, [RunHubFixture.Step(1, 1)], Cancel));
        (await first.AppendAsync(lease, [RunHubFixture.Step(1, 1)], Cancel)).Stored.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"event":"state","state":"succeeded","number":1}""")]
    [InlineData("""{"event":"nonsense","number":1}""")]
    [InlineData("no json")]
    [InlineData("""{"event":"step","number":1}""")]
    public async Task WhatIsNoWorkersEvent_IsRefused(string line)
    {
        await using var runs = await RunHubFixture.StartAsync();
        await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("a");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;

        var refused = await Should.ThrowAsync<HubClientException>(() => worker.AppendAsync(lease, [line], Cancel));

        refused.Problem!.Status.ShouldBe(422);
    }

    [Fact]
    public async Task LongPoll_EndsWhenARunIsStarted()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var worker = await runs.AddWorkerAsync("a");
        var waiting = worker.LeaseAsync(TimeSpan.FromSeconds(50), Cancel);

        var id = await runs.StartRunAsync();

        (await waiting)!.Run.ShouldBe(id);
    }
}
