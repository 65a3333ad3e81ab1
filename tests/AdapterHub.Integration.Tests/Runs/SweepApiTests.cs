using System.Net;
using System.Net.Http.Json;
using System.Text;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

public sealed class SweepApiTests
{
    private const string Spec = """{"kind":"train","base":"ada/base","data":{"files":["ada/texts"]},"loop":{"steps":10}}""";

    private static CancellationToken Cancel => RunningHub.Cancel;

    [Fact]
    public async Task Grid_StartsEveryCombinationOnce_HoweverOftenItIsAsked()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        var body = $$"""{"spec":{{Spec}},"grid":{"rank":[4,8],"rate":[0.0001,0.001]},"target":"ada/tried","key":"once"}""";

        using var first = await PostAsync(client, body);
        using var second = await PostAsync(client, body);

        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK), await first.Content.ReadAsStringAsync(Cancel));
        var sweep = await ReadAsync(first);
        (await ReadAsync(second)).Id.ShouldBe(sweep.Id);
        sweep.Runs.Select(one => (one.Label, one.Run.Target, one.Run.Name)).ShouldBe(
        [
            ("rank 4, rate 0.0001", "ada/tried-1", "tried: rank 4, rate 0.0001"), ("rank 4, rate 0.001", "ada/tried-2", "tried: rank 4, rate 0.001"),
            ("rank 8, rate 0.0001", "ada/tried-3", "tried: rank 8, rate 0.0001"), ("rank 8, rate 0.001", "ada/tried-4", "tried: rank 8, rate 0.001"),
        ]);
        sweep.Runs.ShouldAllBe(one => one.Run.Sweep == sweep.Id && one.Run.State == HubRunState.Queued);
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(4);
        using var other = await PostAsync(client, body.Replace("0.0001", "0.0002", StringComparison.Ordinal));
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Best_IsTheLowestHeldOutLoss_AndCancelEndsTheRest()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        var sweep = await ReadAsync(await PostAsync(client, $$"""{"spec":{{Spec}},"grid":{"seed":[1,2,3]},"target":"ada/tried"}"""));
        var worker = await runs.AddWorkerAsync("gpu");
        foreach (var (run, loss) in new[] { (sweep.Runs[0].Run.Id, 2.5), (sweep.Runs[1].Run.Id, 2.25) })
        {
            var lease = await worker.LeaseRunAsync(run, Cancel);
            await worker.AppendAsync(lease, [RunHubFixture.Line(new HeldOutMeasured(0, loss, 9, []) { Number = 1 })], Cancel);
        }

        (await client.GetFromJsonAsync($"/api/runs/sweeps/{sweep.Id}", RunJson.Default.HubSweep, Cancel))!.Best.ShouldBe(sweep.Runs[1].Run.Id);
        using var cancelled = await client.PostAsync($"/api/runs/sweeps/{sweep.Id}/cancel", null, Cancel);
        (await ReadAsync(cancelled)).Runs.Select(one => one.Run.State).ShouldBe([HubRunState.Cancelling, HubRunState.Cancelling, HubRunState.Cancelled]);
    }

    [Fact]
    public async Task List_TellsSweepsToThoseWhoSeeTheirRuns()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        (await client.GetFromJsonAsync("/api/runs/sweeps", RunJson.Default.HubSweepPage, Cancel))!.Total.ShouldBe(0);
        var older = await ReadAsync(await PostAsync(client, $$"""{"spec":{{Spec}},"grid":{"rank":[4,8]},"target":"ada/older"}"""));
        var newer = await ReadAsync(await PostAsync(client, $$"""{"spec":{{Spec}},"grid":{"seed":[1,2,3]},"target":"ada/newer"}"""));

        var list = (await client.GetFromJsonAsync("/api/runs/sweeps", RunJson.Default.HubSweepPage, Cancel))!;
        list.Sweeps.Select(sweep => (sweep.Id, sweep.Name, sweep.Runs.Count)).ShouldBe([(newer.Id, "newer", 3), (older.Id, "older", 2)]);
        var second = (await client.GetFromJsonAsync("/api/runs/sweeps?skip=1&take=1", RunJson.Default.HubSweepPage, Cancel))!;
        (second.Total, second.Sweeps.ShouldHaveSingleItem().Id).ShouldBe((2, older.Id));
        var others = runs.Hub.As(await runs.Hub.AddUserAsync("bob"));
        (await others.GetFromJsonAsync("/api/runs/sweeps", RunJson.Default.HubSweepPage, Cancel))!.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData(""" "grid":{"rank":[4]} """, "at least two runs")]
    [InlineData(""" "grid":{"rank":[4,4]} """, "same run")]
    [InlineData(""" "grid":{"rank":[4,0]} """, "lora.rank must be at least 1")]
    [InlineData(""" "grid":{"data.files":[["ada/texts"],["ada/none"]]} """, "ada/none")]
    [InlineData(""" "grid":{"seed":[1,2,3,4,5,6,7,8],"rank":[1,2,3,4,5,6,7]} """, "at most 48")]
    public async Task SweepThatCannotBe_StartsNothing(string grid, string words)
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        using var answer = await PostAsync(client, $$"""{"spec":{{Spec}},{{grid}},"target":"ada/tried"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain(words);
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(0);
    }

    [Fact]
    public async Task SweepBeyondTheOwnersRoom_StartsNothing()
    {
        await using var runs = await RunHubFixture.StartAsync("--Runs:UnfinishedPerOwner=3");
        var client = runs.Hub.As(runs.Ada);
        await runs.StartRunAsync();
        using var answer = await PostAsync(client, $$"""{"spec":{{Spec}},"grid":{"seed":[1,2,3]},"target":"ada/tried"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(1);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        await client.PostAsync("/api/runs/sweeps", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

    private static async Task<HubSweep> ReadAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync(RunJson.Default.HubSweep, Cancel))!;
}
