using System.Net;
using System.Net.Http.Json;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Integration.Tests.Inference;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Worker;
using AdapterHub.Worker.Text;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>What is told of a run before it starts, with the seed model, a real engine process and a worker that only registered.</summary>
public sealed class RunForecastApiTests(LaneHub lanes) : IClassFixture<LaneHub>
{
    private const string Spec = """{"spec":{"kind":"train","base":"adapterhub/inkwell","data":{"files":["adapterhub/devils-dictionary-dataset:train.jsonl"]}}}""";

    private static string Seed => Path.Combine(Repository.Root, "data", "seed");

    [Fact]
    public async Task CountedTokens_AreThoseThatTrainingReads()
    {
        var forecast = await ForecastAsync(Spec, count: true);

        forecast.TokensFrom.ShouldBe("counted");
        forecast.Tokens.ShouldBe(TokensInTraining());
        forecast.TrainedParameters.ShouldNotBeNull().ShouldBeGreaterThan(100_000);
        forecast.Warnings.ShouldContain(warning => warning.Contains("longer than a row of 512 tokens", StringComparison.Ordinal), "the longest entry has 1,575");
    }

    [Fact]
    public async Task Estimate_WithoutTheEngine_IsNearTheCount()
    {
        var forecast = await ForecastAsync(Spec, count: false);

        forecast.TokensFrom.ShouldBe("bytes");
        ((double)forecast.Tokens).ShouldBeInRange(0.7 * TokensInTraining(), 1.6 * TokensInTraining());
    }

    [Fact]
    public async Task LongText_IsSampledAndTheSampleIsNearTheWhole()
    {
        var text = string.Concat(Enumerable.Repeat(await File.ReadAllTextAsync(Path.Combine(Seed, "datasets", "king-james-wisdom", "text.txt"), RunningHub.Cancel), 60));
        var repository = await lanes.Hub.AddRepositoryAsync(lanes.Ann, "long", RepositoryVisibility.Private, RepositoryKind.Dataset);
        await lanes.Hub.CommitAsync(lanes.Ann, repository, ("train.txt", Encoding.UTF8.GetBytes(text)));
        var whole = Tokenizer.Load(Path.Combine(Seed, "models", "inkwell", "tokenizer.json")).Encode(text).Length;

        var forecast = await ForecastAsync("""{"spec":{"kind":"train","base":"adapterhub/inkwell","data":{"files":["ann/long"]}}}""", count: true);

        forecast.TokensFrom.ShouldBe("sample");
        ((double)forecast.Tokens).ShouldBe(whole, whole * 0.02);
    }

    [Fact]
    public async Task RowsThatTrainingWouldRefuse_AreRefusedInTheSameWords()
    {
        var repository = await lanes.Hub.AddRepositoryAsync(lanes.Ann, "broken", RepositoryVisibility.Private, RepositoryKind.Dataset);
        await lanes.Hub.CommitAsync(lanes.Ann, repository, ("train.jsonl", Encoding.UTF8.GetBytes("{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\n")));
        using var answer = await PostAsync(lanes.Ann, """{"spec":{"kind":"train","base":"adapterhub/inkwell","data":{"files":["ann/broken"]}}}""", count: true);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync(RunningHub.Cancel)).ShouldContain("train.jsonl");
    }

    [Fact]
    public async Task Worker_GivesMemoryAndATimeThatIsMeasuredOnceARunWas()
    {
        using var worker = new WorkerClient(lanes.Hub.Address, (await lanes.Hub.Get<WorkerRegistry>().CreateAsync(Actor.Hub, "desk", RunningHub.Cancel)).Token);
        await worker.RegisterAsync(new WorkerHello("cpu", false, "1", 8L << 30), RunningHub.Cancel);
        var guess = await ForecastAsync(Spec, count: false);
        (guess.Worker, guess.Memory, guess.WorkerMemoryBytes).ShouldBe(("desk", "fits", 8L << 30));
        guess.SpeedFrom!.ShouldContain("a guess");
        guess.Seconds.ShouldNotBeNull();

        var started = await lanes.Hub.As(lanes.Ann).PostAsync("/api/runs", Json(Spec.Replace("""{"spec":""", """{"target":"ann/forecast","spec":""", StringComparison.Ordinal)), RunningHub.Cancel);
        var run = (await started.Content.ReadFromJsonAsync(RunJson.Default.HubRun, RunningHub.Cancel))!;
        var lease = await worker.LeaseRunAsync(run.Id, RunningHub.Cancel);
        await worker.AppendAsync(lease, [RunHubFixture.Line(new StepTaken(1, 9, 4, 1e-3, 1, 4096, 4321, 8) { Number = 1 })], RunningHub.Cancel);

        var measured = await ForecastAsync(Spec, count: false);
        measured.TokensPerSecond.ShouldBe(4321);
        measured.SpeedFrom.ShouldBe("measured in one run of this base on desk");
        measured.Seconds!.Value.ShouldBeGreaterThan(measured.TokensRead / 4321.0 - 1);
        (await ForecastAsync(Spec, count: false, lanes.Ben)).SpeedFrom!.ShouldContain("a guess", Case.Sensitive, "the run is ann's own");
    }

    private static long TokensInTraining()
    {
        var folder = Path.Combine(Seed, "models", "inkwell");
        var tokenizer = Tokenizer.Load(Path.Combine(folder, "tokenizer.json"));
        var corpus = new TextCorpus(
            tokenizer, Path.Combine(folder, "tokenizer.json"), TextCorpus.FindEndOfText(ModelConfig.Read(folder), tokenizer), new TextSource { Files = [] }, new RunLog(_ => { }, TimeProvider.System));
        return corpus.Load(corpus.Open([Path.Combine(Seed, "datasets", "devils-dictionary", "train.jsonl")]), "reading").TokenCount;
    }

    private async Task<HubForecast> ForecastAsync(string body, bool count, Actor? actor = null)
    {
        using var answer = await PostAsync(actor ?? lanes.Ann, body, count);
        var text = await answer.Content.ReadAsStringAsync(RunningHub.Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return System.Text.Json.JsonSerializer.Deserialize(text, RunJson.Default.HubForecast)!;
    }

    private Task<HttpResponseMessage> PostAsync(Actor actor, string body, bool count) =>
        lanes.Hub.As(actor).PostAsync($"/api/runs/forecast?count={(count ? "true" : "false")}", Json(body), RunningHub.Cancel);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
