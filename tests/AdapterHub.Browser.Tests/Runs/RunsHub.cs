using System.Text.Json;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Web.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>A hub with the seeds for all tests of one class; its worker is moved by hand, so every test starts and leads runs of its own.</summary>
public sealed class RunsHub : IAsyncLifetime
{
    private WorkerClient _worker = null!;

    public HubServer Server { get; private set; } = null!;

    public Actor Ada { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync(Publications.WithSeeds);
        Ada = await Server.AddAdministratorAsync();
        await Server.PublishDatasetAsync(Ada, "ada/rows");
        _worker = new WorkerClient(new Uri(Server.Url), (await Server.Services.GetRequiredService<WorkerRegistry>().CreateAsync(Actor.Hub, "by-hand", Cancel)).Token);
        await _worker.RegisterAsync(new WorkerHello("cpu", false, "1", 8L << 30), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A run that waits.</summary>
    public async Task<long> StartAsync(string name, TrainSpec? spec = null) => (await Server.Services.GetRequiredService<RunLauncher>().StartAsync(
        Ada, new NewRun(spec ?? Spec()) { Name = name, Target = RepositoryName.Of("ada", $"r{Guid.NewGuid():N}") }, Cancel)).Run.Id;

    /// <summary>Runs that differ in one setting, all waiting.</summary>
    internal async Task<SweepView> SweepAsync(string name, string setting, params string[] values) => (await Server.Services.GetRequiredService<SweepLauncher>().StartAsync(
        Ada, new NewSweep(Spec(), new SweepPlan { Grid = new Dictionary<string, IReadOnlyList<JsonElement>>(StringComparer.Ordinal) { [setting] = [.. values.Select(SweepPlan.Value)] } },
            RepositoryName.Of("ada", $"s{Guid.NewGuid():N}")) { Name = name }, Cancel)).Sweep;

    /// <summary>A run that the worker has.</summary>
    internal async Task<LedRun> LeadAsync(string name, TrainSpec? spec = null) => await LeadAsync(await StartAsync(name, spec));

    internal async Task<LedRun> LeadAsync(long run) => new(_worker, await _worker.LeaseRunAsync(run, Cancel));

    public static TrainSpec Spec(int rank = 16, double? rate = null, ulong seed = 1) => new()
    {
        Base = "adapterhub/inkwell", Output = "o", Data = new TextSource { Files = ["ada/rows"] }, Lora = new LoraSettings { Rank = rank }, Loop = new LoopSettings { LearningRate = rate, Seed = seed, Steps = 80 },
    };
}

/// <summary>A run under way, told event by event.</summary>
internal sealed class LedRun(WorkerClient worker, LeasedRun lease)
{
    private int _told;

    public long Id => lease.Run;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task StepAsync(int from, int to, double lift = 0) => TellAsync([.. Enumerable.Range(from, to - from + 1).Select(step =>
        (RunEvent)new StepTaken(step, 80, lift + 3 + 2.0 / step + 0.1 * (step % 3), 1e-3 * (1 - step / 100.0), 0.5 + 0.1 * (step % 4), step * 1024, 5000 + step, 80 - step, 200_000_000))]);

    public Task MeasureAsync(int step, double loss) => TellAsync(new HeldOutMeasured(step, loss, Math.Exp(loss), []));

    public async Task TellAsync(params RunEvent[] happened) => await worker.AppendAsync(lease, [.. happened.Select(one =>
        JsonSerializer.Serialize(one with { Number = ++_told, At = DateTimeOffset.UnixEpoch }, ProtocolJson.Default.RunEvent))], Cancel);

    /// <summary>A checkpoint of one small file with an adapter in it.</summary>
    public async Task CheckpointAsync(int step, IReadOnlyList<int> keep, params (string Name, string Path)[] files)
    {
        var sent = new List<LeasedFile>();
        foreach (var (name, path) in files)
        {
            var file = new LeasedFile("", name, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel))), new FileInfo(path).Length);
            await worker.SendFileAsync(lease, file, path, isResult: false, Cancel);
            sent.Add(file);
        }

        await worker.SaveCheckpointAsync(lease, new NewCheckpoint(step, sent, keep), Cancel);
    }

    public Task StopAsync() => worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Stopped, [], []), Cancel);

    /// <summary>With an adapter of the seeds as its result.</summary>
    public async Task SucceedWithAdapterAsync()
    {
        var folder = Path.Combine(Repository.Root, "data", "seed", "adapters", "devils-dictionary");
        var files = new List<LeasedFile>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var file = new LeasedFile("", Path.GetFileName(path), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel))), new FileInfo(path).Length);
            await worker.SendFileAsync(lease, file, path, isResult: true, Cancel);
            files.Add(file);
        }

        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], files), Cancel);
    }

    /// <summary>Of a run that publishes nothing.</summary>
    public Task SucceedAsync() => worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);

    public Task FailAsync(string message) => worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Failed, [], [], message), Cancel);
}
