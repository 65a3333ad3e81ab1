using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Benchmarks.Viewers;

/// <summary>
/// Many viewers of one run over SignalR, at <c>adapterhub serve</c> as a process of its own: how long an event takes from the worker's writing it to each of
/// them, whether all get all of them, and whether the hub's memory stays.
/// </summary>
internal static class ViewersBenchmark
{
    private const int EventsPerSecond = 20;
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/AdapterHub.Cli/bin/Release/net10.0/adapterhub.dll"));

    /// <summary>Code is compiled and buffers grow; what the viewers wait then is told too, and apart.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    internal static async Task<int> RunAsync(int viewers, int seconds)
    {
        if (!File.Exists(Program))
        {
            Console.Error.WriteLine($"{Program} is missing: build src/AdapterHub.Cli with -c Release.");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("adapterhub-viewers-").FullName;
        using var hub = await HubWithRun.StartAsync(Program, folder);
        try
        {
            return await MeasureAsync(hub, viewers, TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            hub.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(HubWithRun hub, int viewers, TimeSpan length)
    {
        using var client = new HubClient(hub.Address, hub.Token);
        using var worker = new WorkerClient(hub.Address, hub.WorkerToken);
        await worker.RegisterAsync(new WorkerHello("cpu", false, "1"), default);
        var run = await client.StartRunAsync(HubWithRun.Run, default);
        var lease = await worker.LeaseAsync(TimeSpan.FromSeconds(10), default) ?? throw new InvalidOperationException("The run was not leased.");
        var written = new WrittenEvents(((int)length.TotalSeconds + 60) * EventsPerSecond);
        var watching = new List<ViewerSocket>();
        for (var k = 0; k < viewers; k++)
            watching.Add(await ViewerSocket.ConnectAsync(hub.Address, hub.Token, run.Id, written));
        var tasks = watching.ConvertAll(viewer => viewer.WatchAsync());
        var before = hub.ProcessorTime;
        var watch = Stopwatch.StartNew();
        Console.WriteLine($"{viewers} viewers of one run at {EventsPerSecond} events a second for {length.TotalSeconds:F0} s");
        await WriteAsync(worker, lease, written, length, hub);
        var work = (hub.ProcessorTime - before) / watch.Elapsed;
        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), default);
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromMinutes(1));
        var count = (await client.GetRunAsync(run.Id, default)).Run.LastNumber;
        Tell("warm-up", watching, viewer => viewer.Early);
        Tell("after it", watching, viewer => viewer.Waits);
        var lost = watching.Sum(viewer => count - viewer.Seen);
        var twice = watching.Sum(viewer => viewer.Twice);
        Console.WriteLine($"{count:N0} events to {viewers} viewers: {lost} lost, {twice} duplicated or out of order; the hub computed {work:P0} of a core, its memory was {hub.Memory("VmHWM")} MB at most");
        return lost == 0 && twice == 0 ? 0 : 1;
    }

    /// <summary>One event a request, as a trainer makes them; no request waits for another's answer for longer than it takes.</summary>
    private static async Task WriteAsync(WorkerClient worker, LeasedRun lease, WrittenEvents written, TimeSpan length, HubWithRun hub)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / EventsPerSecond));
        var steps = (int)(length.TotalSeconds * EventsPerSecond);
        for (var step = 1; step <= steps; step++)
        {
            await timer.WaitForNextTickAsync();
            var happened = new StepTaken(step, steps, 2 + (5.0 / step), 1e-3, 0.5, step * 1024L, 5000, (steps - step) / (double)EventsPerSecond, 200_000_000) { Number = step, At = TimeProvider.System.GetUtcNow() };
            written.Write(step, isEarly: step < WarmUp.TotalSeconds * EventsPerSecond);
            await worker.AppendAsync(lease, [JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent)], default);
            if (step % (EventsPerSecond * (length > TimeSpan.FromMinutes(3) ? 60 : 15)) == 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {step / EventsPerSecond,4} s: the hub's memory {hub.Memory("VmRSS")} MB"));
        }
    }

    private static void Tell(string name, List<ViewerSocket> viewers, Func<ViewerSocket, List<float>> of)
    {
        var waits = viewers.SelectMany(of).Order().ToArray();
        if (waits.Length > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: p50 {waits[waits.Length / 2]:F1} ms, p99 {waits[(int)(waits.Length * 0.99)]:F1} ms, max {waits[^1]:F1} ms"));
    }
}

/// <summary>When each step was written; both ends are in this process, so its clock is enough.</summary>
internal sealed class WrittenEvents(int most)
{
    private readonly long[] _at = new long[most];
    private readonly bool[] _early = new bool[most];

    public void Write(int step, bool isEarly) => (_at[step], _early[step]) = (Stopwatch.GetTimestamp(), isEarly);

    /// <summary>Milliseconds since then, and whether it was in the warm-up.</summary>
    public (float Wait, bool IsEarly) Since(int step) => ((float)Stopwatch.GetElapsedTime(_at[step]).TotalMilliseconds, _early[step]);
}

/// <summary>A hub as a process, with somebody who starts a run and a worker's token.</summary>
internal sealed class HubWithRun : IDisposable
{
    private readonly Process _process;

    private HubWithRun(Process process, Uri address) => (_process, Address) = (process, address);

    public static HubNewRun Run => new()
    {
        Spec = JsonSerializer.SerializeToElement<RunSpec>(new EvaluateSpec { Base = "ada/base", Data = new TextSource { Files = ["ada/texts"] } }, ProtocolJson.Default.RunSpec),
    };

    public Uri Address { get; }

    public string Token { get; private init; } = "";

    public string WorkerToken { get; private init; } = "";

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<HubWithRun> StartAsync(string program, string folder)
    {
        var (token, workerToken) = await FillAsync(folder);
        var start = new ProcessStartInfo("dotnet", [program, "serve", "--no-worker", "--urls", "http://127.0.0.1:5912", "--data", folder])
        {
            UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = folder,
        };
        start.Environment["ADAPTERHUB_SEED"] = Path.Combine(folder, "no-seeds");
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
        {
            // It says its address and where its data lies.
        }

        return new HubWithRun(process, new Uri("http://127.0.0.1:5912")) { Token = token, WorkerToken = workerToken };
    }

    /// <summary>Megabytes of a line of /proc/PID/status.</summary>
    public long Memory(string name) =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    public void Kill()
    {
        if (_process is { HasExited: false, Id: > 0 })
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose() => _process.Dispose();

    private static async Task<(string Token, string WorkerToken)> FillAsync(string folder)
    {
        await using var services = new ServiceCollection().AddLogging().AddCatalog(new CatalogPaths(folder)).BuildServiceProvider();
        var contexts = services.GetRequiredService<IDbContextFactory<CatalogContext>>();
        await Schema.MigrateAsync(contexts);
        var ada = await AddUserAsync(contexts);
        await AddAsync(services, ada, "base", RepositoryKind.BaseModel, "config.json", "tokenizer.json");
        await AddAsync(services, ada, "texts", RepositoryKind.Dataset, "train.txt");
        var token = await services.GetRequiredService<TokenRegistry>().CreateAsync(ada, "viewers", ActorScope.Write, null, default);
        return (token.Token, (await services.GetRequiredService<WorkerRegistry>().CreateAsync(Actor.Hub, "by-hand", default)).Token);
    }

    private static async Task<Actor> AddUserAsync(IDbContextFactory<CatalogContext> contexts)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var user = new User
        {
            UserName = "ada", NormalizedUserName = "ADA", CreatedAt = DateTimeOffset.UnixEpoch, SecurityStamp = "stamp",
            Owner = new Owner { Name = "ada", Kind = OwnerKind.User, CreatedAt = DateTimeOffset.UnixEpoch },
        };
        context.Users.Add(user);
        await context.SaveChangesAsync();
        return new Actor(user.Id, "ada", false, ActorScope.Full);
    }

    /// <summary>Straight into the tables: what is in the files does not matter here.</summary>
    private static async Task AddAsync(ServiceProvider services, Actor owner, string name, RepositoryKind kind, params string[] files)
    {
        var made = await services.GetRequiredService<RepositoryCatalog>().CreateAsync(owner, new NewRepository(RepositoryName.Of("ada", name), kind, RepositoryVisibility.Private), default);
        await using var context = await services.GetRequiredService<IDbContextFactory<CatalogContext>>().CreateDbContextAsync();
        var commit = new Commit { Id = made.Id.ToString("x40", CultureInfo.InvariantCulture), RepositoryId = made.Id, AuthorName = "ada", Title = "files", CreatedAt = DateTimeOffset.UnixEpoch };
        foreach (var file in files)
        {
            var blob = await services.GetRequiredService<BlobStore>().ReceiveAsync(owner, new MemoryStream("{}"u8.ToArray()));
            commit.Files.Add(new CommitFile { Path = file, Digest = blob.Digest, Length = blob.Length });
        }

        context.Commits.Add(commit);
        await context.SaveChangesAsync();
        context.References.Add(new Reference { RepositoryId = made.Id, Kind = ReferenceKind.Branch, Name = AdapterHub.Catalog.Database.Repository.DefaultBranch, CommitKey = commit.Key });
        await context.SaveChangesAsync();
    }
}
