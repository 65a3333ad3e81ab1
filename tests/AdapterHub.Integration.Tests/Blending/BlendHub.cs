using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Integration.Tests.Inference;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Blending;

/// <summary>A hub with the seeds, somebody who blends them, and a real worker process, as <c>serve</c> starts it.</summary>
public sealed class BlendHub : IAsyncLifetime
{
    public const string Base = "adapterhub/inkwell";
    public const string Prophet = "adapterhub/king-james";
    public const string Cynic = "adapterhub/devils-dictionary";
    private readonly string _folder = Directory.CreateTempSubdirectory("blends-").FullName;
    private readonly StringBuilder _output = new();
    private Process? _worker;

    internal RunningHub Hub { get; private set; } = null!;

    internal Actor Ann { get; private set; } = null!;

    /// <summary>Ann's.</summary>
    internal HubClient Client { get; private set; } = null!;

    internal string Token { get; private set; } = "";

    internal static CancellationToken Cancel => RunningHub.Cancel;

    public async ValueTask InitializeAsync()
    {
        Hub = await RunningHub.StartSeededAsync(Path.Combine(Repository.Root, "data", "seed"));
        Ann = await Hub.AddUserAsync("ann");
        Token = await Hub.AddTokenAsync(Ann, ActorScope.Write);
        Client = new HubClient(Hub.Address, Token);
        var worker = (await Hub.Get<WorkerRegistry>().CreateAsync(Actor.Hub, "beside", CancellationToken.None)).Token;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "adapterhub.dll"), "worker", "--hub", Hub.Address.ToString(), "--token", worker, "--folder", Path.Combine(_folder, "worker")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = _folder,
        };
        start.Environment["ADAPTERHUB_CACHE"] = Path.Combine(_folder, "cache");
        _worker = Process.Start(start)!;
        _worker.OutputDataReceived += (_, line) => Keep(line.Data);
        _worker.ErrorDataReceived += (_, line) => Keep(line.Data);
        _worker.BeginOutputReadLine();
        _worker.BeginErrorReadLine();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_worker is { HasExited: false })
        {
            _worker.Kill(entireProcessTree: true);
            await _worker.WaitForExitAsync(CancellationToken.None);
        }

        _worker?.Dispose();
        await Hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static BlendSpec Spec(params (string Adapter, double Weight)[] adapters) => new()
    {
        Output = "", Base = Base, Device = "cpu", Adapters = [.. adapters.Select(adapter => new WeightedAdapter(adapter.Adapter, adapter.Weight))],
    };

    internal static System.Text.Json.JsonElement Training(int steps) => System.Text.Json.JsonSerializer.SerializeToElement<RunSpec>(new TrainSpec
    {
        Base = Base, Output = "output", Device = "cpu", Data = new TextSource { Files = ["adapterhub/king-james-wisdom"] },
        Loop = new LoopSettings { Steps = steps, BatchSize = 1, SequenceLength = 32, EvaluateEvery = 0 },
    }, ProtocolJson.Default.RunSpec);

    internal Task<HubRun> StartAsync(BlendSpec spec, string? target = null, string? key = null) => Client.StartRunAsync(
        new HubNewRun { Spec = System.Text.Json.JsonSerializer.SerializeToElement<RunSpec>(spec, ProtocolJson.Default.RunSpec), Target = target, Key = key }, Cancel);

    /// <summary>Its events to the end, which has to be a good one.</summary>
    internal async Task<IReadOnlyList<RunEvent>> FinishAsync(HubRun run)
    {
        var events = new List<RunEvent>();
        await foreach (var happened in Client.WatchRunAsync(run.Id, 0, Cancel))
            events.Add(happened);
        events.OfType<RunStateChanged>().Last().State.ShouldBe(HubRunState.Succeeded, string.Join('\n', events.TakeLast(3)) + _output);
        return events;
    }

    internal async Task<string> ReadAsync(string repository, string path) => await Hub.As(Ann).GetStringAsync($"/api/hub/repositories/{repository}/files/main/{path}", Cancel);

    /// <summary>What each lane says.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> SayAsync(LaneRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/hub/lanes/generate") { Content = JsonContent.Create(request, InferenceJson.Default.LaneRequest) };
        using var response = await Hub.As(Ann).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var events = await LaneHub.ReadAsync(response).ToListAsync(Cancel);
        return request.Lanes.ToDictionary(lane => lane.Label, lane => LaneHub.TextOf(events, lane.Label), StringComparer.Ordinal);
    }

    /// <summary>An adapter with a module of another size than the seeds', which says nothing of its base.</summary>
    internal async Task PublishStrangerAsync()
    {
        var name = await Hub.AddRepositoryAsync(Ann, "stranger");
        var folder = Path.Combine(_folder, "stranger");
        var module = new LoraModule
        {
            Path = "model.layers.0.self_attn.q_proj", Rank = 2, Alpha = 2,
            A = AdapterTensor.FromSingles(new float[2 * 24], [2, 24]), B = AdapterTensor.FromSingles(new float[24 * 2], [24, 2]),
        };
        var (config, modules) = PeftConfigs.Describe(new PeftConfig { Rank = 2, LoraAlpha = 2 }, [module]);
        PeftAdapterFolder.Write(folder, new LoraAdapter { Config = config, Modules = modules });
        await Hub.CommitAsync(Ann, name, [.. Directory.EnumerateFiles(folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
    }

    /// <summary>A copy of a seed that replaces the base's last norm whole.</summary>
    internal async Task PublishSaverAsync(string repository, string seed)
    {
        var name = await Hub.AddRepositoryAsync(Ann, repository);
        var folder = Path.Combine(_folder, repository);
        var plain = PeftAdapterFolder.Read(Path.Combine(Repository.Root, "data", "seed", "adapters", seed));
        var norm = AdapterTensor.FromSingles([.. Enumerable.Repeat(1f, 288)], [288]);
        PeftAdapterFolder.Write(folder, plain with
        {
            Config = plain.Config with { ModulesToSave = ["norm"] }, SavedModules = new Dictionary<string, AdapterTensor> { ["model.norm.weight"] = norm },
        });
        await Hub.CommitAsync(Ann, name, [.. Directory.EnumerateFiles(folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
    }

    /// <summary>The Bible's adapter with magnitudes of 1: DoRA, whose change needs the base.</summary>
    internal async Task PublishDoraAsync()
    {
        var name = await Hub.AddRepositoryAsync(Ann, "dora");
        var folder = Path.Combine(_folder, "dora");
        var plain = PeftAdapterFolder.Read(Path.Combine(Repository.Root, "data", "seed", "adapters", "king-james"));
        var modules = plain.Modules.Select(module => module with { Magnitude = AdapterTensor.FromSingles([.. Enumerable.Repeat(1f, (int)module.B.Shape[0])], [module.B.Shape[0]]) });
        PeftAdapterFolder.Write(folder, plain with { Config = plain.Config with { UseDora = true }, Modules = [.. modules] });
        await Hub.CommitAsync(Ann, name, [.. Directory.EnumerateFiles(folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
    }

    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
