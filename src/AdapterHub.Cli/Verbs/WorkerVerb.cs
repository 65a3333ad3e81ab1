using System.CommandLine;
using System.Globalization;
using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Serving;
using AdapterHub.Torch;
using AdapterHub.Worker;
using AdapterHub.Worker.Leasing;

namespace AdapterHub.Cli.Verbs;

/// <summary>Carries out a hub's runs on this machine, one after the other.</summary>
internal sealed class WorkerVerb() : Verb("worker", "carries out the runs of a hub on this machine")
{
    public const string TokenVariable = "ADAPTERHUB_WORKER_TOKEN";
    public const string TogetherVariable = "ADAPTERHUB_TOGETHER";

    /// <summary>Where small batches leave a GPU idle; two CPU cores are busy with one run.</summary>
    private const int OnGpu = 4;
    private readonly Option<string?> _hub = Flag.Text("--hub", "URL", $"the hub (default: {HubAddress.HubVariable}, else {HubAddress.Default})");
    private readonly Option<string?> _token = Flag.Text("--token", "TOKEN", $"the worker's token, which an administrator of the hub makes (default: {TokenVariable})");
    private readonly Option<long?> _once = Flag.Number<long>("--once", "RUN", "carry out this run and end, for schedulers (default: wait for runs)");
    private readonly Option<string?> _folder = Flag.Text("--folder", "DIR", "where runs lie while they last (default: one below the cache folder)");
    private readonly Option<int?> _together = Flag.Number<int>("--together", "N", $"train up to N runs of one person on one base at once, over one copy of it, where memory admits them (default: {TogetherVariable}, else {OnGpu} on a GPU and 1 on the CPU)");
    private readonly Option<int> _cache = Flag.Number("--cache", "GIB", "base models, adapters and texts that are kept for later runs, at most, in GiB", WorkerOptions.DefaultCacheGiB);
    private readonly Option<bool> _supervised = Flag.Switch("--supervised", "end with standard input, as a worker that a hub has started");

    public override IReadOnlyList<FlagGroup> Groups => [new("Worker", [_hub, _token, _once, _folder, _cache, _together, _supervised])];

    public override IReadOnlyList<string> Examples => ["adapterhub worker --hub https://hub.example.org --token ahw_...", "adapterhub worker --hub http://head:5080 --once 17"];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(invocation.Stop);
        if (invocation.Get(_supervised))
            ParentWatch.Start(stop.Cancel);
        var token = invocation.Get(_token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (token is not { Length: > 0 })
            throw new RunInputException($"--token is needed, or {TokenVariable}: an administrator of the hub makes one with `curl -X POST HUB/api/hub/workers`.");
        if (invocation.Get(_cache) is < 0 and var cache)
            throw new RunInputException($"--cache {cache}: give 0 to keep nothing for later runs, or more.");
        var options = new WorkerOptions
        {
            Hub = HubAddress.Choose(invocation.Get(_hub), HubLogins.Read(Environment.GetEnvironmentVariable)), Token = token, Trainer = SelfStart.Trainer, Folder = invocation.Get(_folder), CacheBytes = (long)invocation.Get(_cache) << 30,
            Once = invocation.Get(_once), MostTogether = MostTogether(invocation), Version = typeof(WorkerVerb).Assembly.GetName().Version?.ToString(3) ?? "",
        };
        await new WorkerLoop(options, TimeProvider.System, line => invocation.Terminal.Error.WriteLine($"worker: {line}")).RunAsync(stop.Token).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>The hub hands the variable on to its own worker.</summary>
    private int MostTogether(Invocation invocation)
    {
        if (invocation.Get(_together) is { } given)
            return given >= 1 ? given : throw new RunInputException($"--together {given}: give 1 for one run after the other, or more.");
        return Environment.GetEnvironmentVariable(TogetherVariable) is not { Length: > 0 } set ? CudaRuntime.DeviceCount > 0 ? OnGpu : 1
            : int.TryParse(set, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most >= 1 ? most
            : throw new RunInputException($"{TogetherVariable} is \"{set}\"; set it to a whole number from 1.");
    }
}
