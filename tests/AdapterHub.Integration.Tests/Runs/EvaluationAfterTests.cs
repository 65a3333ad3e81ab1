using System.Net;
using System.Net.Http.Json;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>An adapter is measured by a run of its own once it is trained.</summary>
public sealed class EvaluationAfterTests(TinyBase tiny)
{
    private const string Spec = """{"kind":"train","base":"ada/base","data":{"files":["ada/texts"]},"loop":{"steps":10}}""";

    private static CancellationToken Cancel => RunningHub.Cancel;

    [Fact]
    public async Task TrainedAdapter_IsMeasuredBesideItsBase()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        var run = await scene.Client.StartRunAsync(new HubNewRun { Spec = RunScene.Spec(20), Target = "ada/measured", Evaluate = ["ada/texts"] }, Cancel);
        var next = (await scene.Client.GetRunAsync(run.Id, Cancel)).Then.ShouldNotBeNull().ShouldHaveSingleItem();
        scene.StartWorker();
        var trained = await scene.FinishAsync(run.Id);
        var measured = await scene.FinishAsync(next);

        measured.Name.ShouldBe("measured, measured");
        var figures = (await scene.EventsAsync(next)).OfType<EvaluationFinished>().ShouldHaveSingleItem();
        figures.BaseLoss.ShouldNotBeNull().ShouldBeGreaterThan(figures.Loss, "it was trained on this very text");
        measured.HeldOutLoss.ShouldBe(figures.Loss);
        var detail = await scene.Client.GetRunAsync(next, Cancel);
        detail.After.ShouldBe([run.Id]);
        detail.Sources.Single(source => source.Relation == "adapter").CommitId.ShouldBe(trained.ResultCommit);

        // What is there already needs no waiting.
        var again = await scene.Client.StartRunAsync(new HubNewRun { Spec = detail.Spec, After = [run.Id] }, Cancel);
        await scene.FinishAsync(again.Id);
        (await scene.EventsAsync(again.Id)).OfType<EvaluationFinished>().ShouldHaveSingleItem().Loss.ShouldBe(figures.Loss);
    }

    [Fact]
    public async Task RequestSentTwice_MakesOneRunAndOneThatWaitsForIt()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        var body = $$"""{"spec":{{Spec}},"target":"ada/mine","evaluate":["ada/texts"],"key":"once"}""";
        var first = await ReadAsync(await PostAsync(client, body));
        (await ReadAsync(await PostAsync(client, body))).Id.ShouldBe(first.Id);

        using (var another = await PostAsync(client, body.Replace("\"evaluate\":[\"ada/texts\"]", "\"evaluate\":[\"ada/others\"]", StringComparison.Ordinal)))
            another.StatusCode.ShouldBe(HttpStatusCode.Conflict, "the key stands for another wish");
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(2);
        var next = (await client.GetFromJsonAsync($"/api/runs/{first.Id}", RunJson.Default.HubRunDetail, Cancel))!.Then.ShouldNotBeNull().ShouldHaveSingleItem();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        lease.Run.ShouldBe(first.Id);
        (await worker.LeaseAsync(TimeSpan.Zero, Cancel)).ShouldBeNull("the other one waits");

        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Failed, [], [], "it diverged"), Cancel);
        var ended = (await client.GetFromJsonAsync($"/api/runs/{next}", RunJson.Default.HubRunDetail, Cancel))!.Run;
        (ended.State, ended.Message!.Contains($"run {first.Id}, which is failed", StringComparison.Ordinal)).ShouldBe((HubRunState.Cancelled, true));
    }

    [Fact]
    public async Task CopyOfAMeasurement_WaitsForTheSameRun()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        var first = await ReadAsync(await PostAsync(client, $$"""{"spec":{{Spec}},"target":"ada/mine","evaluate":["ada/texts"]}"""));
        var next = (await client.GetFromJsonAsync($"/api/runs/{first.Id}", RunJson.Default.HubRunDetail, Cancel))!.Then![0];

        var copy = await ReadAsync(await client.PostAsync($"/api/runs/{next}/clone", new StringContent("{}", Encoding.UTF8, "application/json"), Cancel));

        (await client.GetFromJsonAsync($"/api/runs/{copy.Id}", RunJson.Default.HubRunDetail, Cancel))!.After.ShouldBe([first.Id]);
        (await client.GetFromJsonAsync($"/api/runs/{first.Id}", RunJson.Default.HubRunDetail, Cancel))!.Then.ShouldBe([next, copy.Id]);
    }

    [Theory]
    [InlineData("""{"spec":{"kind":"evaluate","base":"ada/base","data":{"files":["ada/texts"]}},"evaluate":["ada/texts"]}""", "Only what is trained")]
    [InlineData("""{"spec":SPEC,"target":"ada/mine","evaluate":["ada/nothing"]}""", "ada/nothing")]
    [InlineData("""{"spec":{"kind":"evaluate","base":"ada/base","adapters":[{"path":"run:1"}],"data":{"files":["ada/texts"]}}}""", "among those that this one comes after")]
    [InlineData("""{"spec":{"kind":"evaluate","base":"ada/base","adapters":[{"path":"ada/base"}],"data":{"files":["ada/texts"]}}}""", "cannot be used")]
    public async Task MeasurementThatCannotBe_StartsNothing(string body, string words)
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        await ReadAsync(await PostAsync(client, $$"""{"spec":{{Spec}},"target":"ada/first"}"""));
        using var answer = await PostAsync(client, body.Replace("SPEC", Spec, StringComparison.Ordinal));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain(words);
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(1);
    }

    [Fact]
    public async Task SomebodyElsesRun_CannotBeMeasured()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var run = await ReadAsync(await PostAsync(runs.Hub.As(runs.Ada), $$"""{"spec":{{Spec}},"target":"ada/mine"}"""));
        var bob = await runs.Hub.AddUserAsync("bob");
        var own = await runs.Hub.AddRepositoryAsync(bob, "base", RepositoryVisibility.Private, RepositoryKind.BaseModel);
        await runs.Hub.CommitAsync(bob, own, ("config.json", "{}"u8.ToArray()), ("tokenizer.json", "{}"u8.ToArray()));
        using var answer = await PostAsync(runs.Hub.As(bob with { Scope = ActorScope.Write }),
            $$$"""{"spec":{"kind":"evaluate","base":"bob/base","adapters":[{"path":"run:{{{run.Id}}}"}],"data":{"files":["bob/texts"]}},"after":[{{{run.Id}}}]}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain($"The run {run.Id} does not exist");
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        await client.PostAsync("/api/runs", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

    private static async Task<HubRun> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync(RunJson.Default.HubRun, Cancel))!;
    }
}
