using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Integration.Tests.Runs;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Web.Runs;

namespace AdapterHub.Integration.Tests.Inference;

/// <summary>Checkpoints that are tried and published before their run is done. The one here holds the seed adapter, so what it must write is known.</summary>
public sealed class CheckpointTests(LaneHub lanes) : IClassFixture<LaneHub>, IAsyncLifetime
{
    private const int Step = 5;
    private static readonly string[] Files = ["adapter_config.json", "adapter_model.safetensors"];
    private long _run;

    private static string Seed(string file) => Path.Combine(Repository.Root, "data", "seed", "adapters", "king-james", file);

    public async ValueTask InitializeAsync()
    {
        var name = $"w{Guid.NewGuid():N}";
        using var worker = new WorkerClient(lanes.Hub.Address, (await lanes.Hub.Get<WorkerRegistry>().CreateAsync(Actor.Hub, name, RunningHub.Cancel)).Token);
        await worker.RegisterAsync(new WorkerHello("cpu", false, "1"), RunningHub.Cancel);
        _run = (await lanes.Hub.Get<RunLauncher>().StartAsync(lanes.Ann, new NewRun(new TrainSpec
        {
            Base = LaneHub.Base, Output = "o", Data = new TextSource { Files = ["adapterhub/king-james-wisdom"] },
        }) { Target = RepositoryName.Of("ann", name) }, RunningHub.Cancel)).Run.Id;
        var lease = await worker.LeaseRunAsync(_run, RunningHub.Cancel);
        await worker.AppendAsync(lease, [.. Enumerable.Range(1, Step).Select(step => RunHubFixture.Step(step, step))], RunningHub.Cancel);
        var sent = new List<LeasedFile>();
        foreach (var file in Files)
        {
            var bytes = await File.ReadAllBytesAsync(Seed(file), RunningHub.Cancel);
            sent.Add(new LeasedFile("", $"adapter/{file}", Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length));
            await worker.SendFileAsync(lease, sent[^1], Seed(file), isResult: false, RunningHub.Cancel);
        }

        await worker.SaveCheckpointAsync(lease, new NewCheckpoint(Step, sent, []), RunningHub.Cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Lane_WritesWithACheckpointWhatItsAdapterWrites_ForNobodyElse()
    {
        var lane = LaneHub.Lane("step", new LaneAdapter(new CheckpointName(_run, Step).ToString()));
        var events = await lanes.RunAsync(lanes.Ann, LaneHub.Ask(12, lane, LaneHub.Lane("published", new LaneAdapter(LaneHub.Prophet))));

        LaneHub.TextOf(events, "step").ShouldBe(LaneHub.TextOf(events, "published"));
        using var others = await lanes.PostAsync(lanes.Ben, LaneHub.Ask(12, lane));
        others.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var absent = await lanes.PostAsync(lanes.Ann, LaneHub.Ask(12, LaneHub.Lane("step", new LaneAdapter($"run:{_run}@6"))));
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Published_ItIsAnAdapterWithACard_ForNobodyElseToMake()
    {
        var target = $"ann/step-{_run}";
        using var stranger = await PublishAsync(lanes.Ben, $"ben/step-{_run}");
        stranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var answer = await PublishAsync(lanes.Ann, target);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(RunningHub.Cancel));
        var made = (await answer.Content.ReadFromJsonAsync(RunJson.Default.HubPublishedCheckpoint, RunningHub.Cancel))!;
        var revision = await lanes.Hub.Get<RevisionReader>().GetRevisionAsync(lanes.Ann, RepositoryName.Parse(target), made.CommitId, RunningHub.Cancel);
        revision.Files.Select(file => file.Path).Order(StringComparer.Ordinal).ShouldBe(["README.md", .. Files]);
        var card = await lanes.Hub.As(lanes.Ann).GetStringAsync($"/api/hub/repositories/{target}/files/main/README.md", RunningHub.Cancel);
        card.ShouldContain($"after step {Step} of");
        card.ShouldContain("base_model: adapterhub/inkwell");
        using var twice = await PublishAsync(lanes.Ann, target);
        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private Task<HttpResponseMessage> PublishAsync(Actor actor, string target) => lanes.Hub.As(actor).PostAsync(
        $"/api/runs/{_run}/checkpoints/{Step}/publish", new StringContent($$"""{"target":"{{target}}"}""", Encoding.UTF8, "application/json"), RunningHub.Cancel);
}
