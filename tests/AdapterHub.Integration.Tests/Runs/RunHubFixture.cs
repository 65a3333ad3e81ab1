using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Web.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A hub with a base model, a text and somebody who starts runs; the worker is a client that a test moves by hand.</summary>
internal sealed class RunHubFixture : IAsyncDisposable
{
    private readonly List<WorkerClient> _workers = [];

    private RunHubFixture(RunningHub hub, Actor ada) => (Hub, Ada) = (hub, ada);

    public RunningHub Hub { get; }

    public Actor Ada { get; }

    public static CancellationToken Cancel => RunningHub.Cancel;

    public static async Task<RunHubFixture> StartAsync(params string[] settings)
    {
        var hub = await RunningHub.StartAsync(settings);
        var ada = await hub.AddUserAsync("ada");
        var model = await hub.AddRepositoryAsync(ada, "base", RepositoryVisibility.Private, RepositoryKind.BaseModel);
        await hub.CommitAsync(ada, model, ("config.json", "{}"u8.ToArray()), ("tokenizer.json", "{}"u8.ToArray()));
        var texts = await hub.AddRepositoryAsync(ada, "texts", RepositoryVisibility.Private, RepositoryKind.Dataset);
        await hub.CommitAsync(ada, texts, ("train.txt", "text"u8.ToArray()));
        return new RunHubFixture(hub, ada);
    }

    public async Task<WorkerClient> AddWorkerAsync(string name)
    {
        var client = new WorkerClient(Hub.Address, await AddWorkerTokenAsync(name));
        _workers.Add(client);
        await client.RegisterAsync(new WorkerHello("cpu", false, "1"), Cancel);
        return client;
    }

    public async Task<string> AddWorkerTokenAsync(string name) => (await Hub.Get<WorkerRegistry>().CreateAsync(Actor.Hub, name, Cancel)).Token;

    public async Task<long> StartRunAsync(string? key = null) => (await Hub.Get<RunLauncher>().StartAsync(
        Ada, new NewRun(new EvaluateSpec { Base = "ada/base", Data = new TextSource { Files = ["ada/texts"] } }) { Key = key }, Cancel)).Run.Id;

    public static string Line(RunEvent happened) => JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent);

    public static string Step(long number, int step) =>
        Line(new StepTaken(step, 1000, 5.0 / step, 1e-3, 0.5, step, 100, 1) { Number = number, At = DateTimeOffset.UnixEpoch });

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            worker.Dispose();
        await Hub.DisposeAsync();
    }
}
