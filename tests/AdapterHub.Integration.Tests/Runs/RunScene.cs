using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A hub and a worker as processes of the program, which a test may kill, over one data folder.</summary>
internal sealed class RunScene : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");
    private readonly string _folder = Directory.CreateTempSubdirectory("runs-").FullName;
    private readonly int _port = FreePort();
    private readonly StringBuilder _output = new();
    private string _workerToken = "";
    private Process? _hub;
    private Process? _worker;
    private CuttingProxy? _workersWay;
    private CuttingProxy? _viewersWay;

    public HubClient Client { get; private set; } = null!;

    /// <summary>Of a person who may write.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Small disks under hub and worker; null where they were not asked for or cannot be had.</summary>
    public SmallDisks? Disks { get; private set; }

    /// <summary>Between the worker and the hub.</summary>
    public CuttingProxy WorkersWay => _workersWay ??= new CuttingProxy(_port);

    /// <summary>Between whoever watches and the hub.</summary>
    public CuttingProxy ViewersWay => _viewersWay ??= new CuttingProxy(_port);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What the processes wrote, for a failed test.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="tiny">The base model, where no other is given.</param>
    /// <param name="model">Folder of another one.</param>
    /// <param name="text">Of the dataset; null takes the tiny base's.</param>
    /// <param name="onSmallDisks">Puts hub and worker on <see cref="Disks"/>, where that is possible.</param>
    public static async Task<RunScene> CreateAsync(TinyBase tiny, string? model = null, string? text = null, bool onSmallDisks = false)
    {
        var scene = new RunScene();
        if (onSmallDisks)
            scene.Disks = await SmallDisks.TryCreateAsync(scene._folder, Cancel);
        // SQLite follows the links of a path, and those that lead to the small disks lead elsewhere then: it is made beside them.
        var made = scene.Disks is null ? scene.Data : Path.Combine(scene._folder, "made");
        await using (var hub = await RunningHub.StartAtAsync(made))
        {
            var ada = await hub.AddUserAsync("ada");
            var repository = await hub.AddRepositoryAsync(ada, model is null ? "tiny" : "base", RepositoryVisibility.Public, RepositoryKind.BaseModel);
            await hub.CommitAsync(ada, repository, [.. Directory.EnumerateFiles(model ?? tiny.Folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
            var texts = await hub.AddRepositoryAsync(ada, "texts", RepositoryVisibility.Public, RepositoryKind.Dataset);
            await hub.CommitAsync(ada, texts, ("train.txt", Encoding.UTF8.GetBytes(text ?? TinyBase.Text)));
            scene.Token = await hub.AddTokenAsync(ada, ActorScope.Write);
            scene._workerToken = (await hub.Get<WorkerRegistry>().CreateAsync(Actor.Hub, "elsewhere", Cancel)).Token;
        }

        if (scene.Disks is { } disks)
            Copy(made, disks.Outside(scene.Data));
        scene.Client = new HubClient(scene.Address, scene.Token);
        return scene;
    }

    private string Data => Path.Combine(Disks?.Hub ?? _folder, "hub");

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public async Task StartHubAsync(bool withWorker = false)
    {
        _hub = Start(["serve", "--urls", Address.ToString().TrimEnd('/'), "--data", Data, .. withWorker ? Array.Empty<string>() : ["--no-worker"]]);
        using var http = new HttpClient(new SocketsHttpHandler());
        while (true)
        {
            Cancel.ThrowIfCancellationRequested();
            try
            {
                using var answer = await http.GetAsync(new Uri(Address, "/api/hub/health"), Cancel);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!_hub.HasExited)
            {
                await Task.Delay(100, Cancel);
            }
        }
    }

    public void StartWorker(params string[] more) => _worker = Start(["worker", "--hub", (_workersWay?.Address ?? Address).ToString(), "--token", _workerToken, "--folder", Path.Combine(Disks?.Worker ?? _folder, "worker"), .. more]);

    /// <summary>What somebody sees who watches from the beginning to the end, over a way that may be cut.</summary>
    public async Task<List<long>> WatchAsync(long run)
    {
        using var client = new HubClient(ViewersWay.Address, Token);
        var seen = new List<long>();
        await foreach (var happened in client.WatchRunAsync(run, 0, Cancel))
            seen.Add(happened.Number);
        return seen;
    }

    public Task KillHubAsync() => KillAsync(_hub!);

    public Task KillWorkerAsync() => KillAsync(_worker!);

    /// <summary>The trainer that the worker has now; false where it has none.</summary>
    public async Task<bool> KillTrainerAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || ReadCommandLine(id) is not { } command
                || !command.Contains(_folder, StringComparison.Ordinal) || !command.Contains("\0trainer\0", StringComparison.Ordinal))
                continue;
            await KillAsync(Process.GetProcessById(id));
            return true;
        }

        return false;
    }

    public async Task<long> StartRunAsync(string target, int steps = 120) => (await Client.StartRunAsync(new HubNewRun { Spec = Spec(steps), Target = $"ada/{target}" }, Cancel)).Id;

    public static JsonElement Spec(int steps) => JsonSerializer.SerializeToElement<RunSpec>(new TrainSpec
    {
        Base = "ada/tiny", Output = "output", Device = "cpu", Data = new TextSource { Files = ["ada/texts"], Split = "paragraphs" },
        Lora = new LoraSettings { Rank = 4, Dropout = 0.1 },
        Loop = new LoopSettings { Steps = steps, BatchSize = 8, SequenceLength = 128, CheckpointEvery = 10, EvaluateEvery = 20, Samples = ["Chapter 1."] },
    }, ProtocolJson.Default.RunSpec);

    public async Task<HubRun> WaitAsync(long run, Func<HubRun, bool> isThere)
    {
        while (true)
        {
            try
            {
                var now = (await Client.GetRunAsync(run, Cancel)).Run;
                if (isThere(now))
                    return now;
                if (now.State is HubRunState.Failed or HubRunState.Cancelled or HubRunState.Succeeded)
                    throw new InvalidOperationException($"Run {run} is {now.State}: {now.Message}\n{Output}");
            }
            catch (HubClientException away) when (away.Problem is null)
            {
                // It is being started again.
            }

            await Task.Delay(30, Cancel);
        }
    }

    public Task<HubRun> FinishAsync(long run) => WaitAsync(run, now => now.State == HubRunState.Succeeded);

    public async Task<List<RunEvent>> EventsAsync(long run)
    {
        var events = new List<RunEvent>();
        await foreach (var happened in Client.WatchRunAsync(run, 0, Cancel))
            events.Add(happened);
        return events;
    }

    /// <summary>Digests of what the adapter is: the files that carry no time.</summary>
    public async Task<IReadOnlyList<string>> AdapterAsync(HubRun run) =>
        [.. (await Client.GetRevisionAsync(run.Result!, run.ResultCommit!, Cancel)).Files.Where(file => file.Path.StartsWith("adapter_", StringComparison.Ordinal))
            .OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Path} {file.Digest}")];

    /// <summary>Every step once, with what was measured there, to the last bit.</summary>
    public static IReadOnlyList<string> Curve(IEnumerable<RunEvent> events) => [.. events.Select(happened => happened switch
    {
        StepTaken step => string.Create(CultureInfo.InvariantCulture, $"{step.Step} {step.Loss:R} {step.GradientNorm:R} {step.LearningRate:R}"),
        HeldOutMeasured measured => string.Create(CultureInfo.InvariantCulture, $"held out {measured.Step} {measured.Loss:R} {string.Join('|', measured.Samples)}"),
        _ => "",
    }).Where(line => line.Length > 0)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var process in new[] { _worker, _hub })
        {
            if (process is { HasExited: false })
                await KillAsync(process);
            process?.Dispose();
        }

        foreach (var way in new[] { _workersWay, _viewersWay })
        {
            if (way is not null)
                await way.DisposeAsync();
        }

        if (Disks is not null)
            await Disks.DisposeAsync();
        // A trainer ends with its worker, which takes it a moment.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private Process Start(string[] arguments)
    {
        string[] command = [.. Disks?.Enter() ?? [], "dotnet", Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = _folder };
        start.Environment["ADAPTERHUB_CACHE"] = Path.Combine(_folder, "cache");
        start.Environment["ADAPTERHUB_SEED"] = Path.Combine(_folder, "no-seeds");
        start.Environment["Runs__Lease"] = "00:00:20";
        var process = Process.Start(start)!;
        process.Id.ShouldBeGreaterThan(0);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static async Task KillAsync(Process process)
    {
        process.Id.ShouldBeGreaterThan(0);
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static string? ReadCommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
