using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>The SignalR hub by the client that Microsoft publishes for JavaScript, over each of its three ways.</summary>
public sealed class NodeClientTests
{
    private const int Steps = 150;

    private static CancellationToken Cancel => RunningHub.Cancel;

    [Theory]
    [InlineData("WebSockets")]
    [InlineData("ServerSentEvents")]
    [InlineData("LongPolling")]
    public async Task ConnectionCutTwice_GivesEveryEventOnceAndInOrder(string transport)
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await worker.AppendAsync(lease, [RunHubFixture.Step(1, 1), RunHubFixture.Step(2, 2)], Cancel);
        await using var proxy = new CuttingProxy(runs.Hub.Address.Port);
        using var client = NodeClient.Start(proxy.Address, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read), "Watch", id, transport);
        // Queued, leased, two steps.
        var numbers = (await client.TakeAsync(4)).ConvertAll(item => item.GetProperty("number").GetInt64());

        proxy.CutAll();
        await worker.AppendAsync(lease, [RunHubFixture.Step(3, 3)], Cancel);
        numbers.AddRange((await client.TakeAsync(1)).Select(item => item.GetProperty("number").GetInt64()));
        // In the middle of what comes.
        proxy.CutAfterDown(4000);
        await worker.AppendAsync(lease, [.. Enumerable.Range(4, Steps - 3).Select(step => RunHubFixture.Step(step, step))], Cancel);
        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);
        var (items, exitCode, errors) = await client.TakeToEndAsync();

        exitCode.ShouldBe(0, errors);
        items[^1].GetProperty("state").GetString().ShouldBe("succeeded");
        numbers.AddRange(items.Select(item => item.GetProperty("number").GetInt64()));
        numbers.ShouldBe(Enumerable.Range(1, Steps + 3).Select(number => (long)number));
        proxy.Cuts.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task WatchQueue_TellsRunsAsTheyAre()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        using var client = NodeClient.Start(runs.Hub.Address, await runs.Hub.AddTokenAsync(runs.Ada, ActorScope.Read), "WatchQueue", 2);
        var waiting = (await client.TakeAsync(1))[0];
        (waiting.GetProperty("id").GetInt64(), waiting.GetProperty("state").GetString(), waiting.GetProperty("base").GetString()).ShouldBe((id, "queued", "ada/base"));

        var worker = await runs.AddWorkerAsync("w");
        await worker.LeaseAsync(TimeSpan.Zero, Cancel);
        var (items, exitCode, errors) = await client.TakeToEndAsync();

        exitCode.ShouldBe(0, errors);
        items.Select(item => item.GetProperty("state").GetString()).ShouldBe(["running"]);
    }

    [Fact]
    public async Task TokenThatIsNotInForce_IsRefusedBeforeAnythingComes()
    {
        await using var runs = await RunHubFixture.StartAsync();
        using var client = NodeClient.Start(runs.Hub.Address, "ah_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Watch", await runs.StartRunAsync());

        var (items, exitCode, errors) = await client.TakeToEndAsync();

        (items.Count, exitCode).ShouldBe((0, 1));
        errors.ShouldContain("401");
    }

    [Fact]
    public async Task SomebodyElsesRun_IsRefusedInWords()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var bob = await runs.Hub.AddUserAsync("bob");
        using var client = NodeClient.Start(runs.Hub.Address, await runs.Hub.AddTokenAsync(bob, ActorScope.Write), "Watch", id);

        var (items, exitCode, errors) = await client.TakeToEndAsync();

        (items.Count, exitCode).ShouldBe((0, 1));
        errors.ShouldContain($"The run {id} does not exist, or you have no access to it.");
    }
}
