using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Serving;
using AdapterHub.Worker;
using AdapterHub.Worker.Leasing;

namespace AdapterHub.Cli.Verbs;

/// <summary>Carries out a hub's runs on this machine, one after the other.</summary>
internal sealed class WorkerVerb() : Verb("worker", "carries out the runs of a hub on this machine")
{
    public const string TokenVariable = "ADAPTERHUB_WORKER_TOKEN";
    private readonly Option<string?> _hub = Flag.Text("--hub", "URL", $"the hub (default: {HubAddress.HubVariable}, else {HubAddress.Default})");
    private readonly Option<string?> _token = Flag.Text("--token", "TOKEN", $"the worker's token, which an administrator of the hub makes (default: {TokenVariable})");
    private readonly Option<long?> _once = Flag.Number<long>("--once", "RUN", "carry out this run and end, for schedulers (default: wait for runs)");
    private readonly Option<string?> _folder = Flag.Text("--folder", "DIR", "where runs lie while they last (default: one below the cache folder)");
    private readonly Option<bool> _supervised = Flag.Switch("--supervised", "end with standard input, as a worker that a hub has started");

    public override IReadOnlyList<FlagGroup> Groups => [new("Worker", [_hub, _token, _once, _folder, _supervised])];

    public override IReadOnlyList<string> Examples => ["adapterhub worker --hub https://hub.example.org --token ahw_...", "adapterhub worker --hub http://head:5080 --once 17"];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(invocation.Stop);
        if (invocation.Get(_supervised))
            ParentWatch.Start(stop.Cancel);
        var token = invocation.Get(_token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (token is not { Length: > 0 })
            throw new RunInputException($"--token is needed, or {TokenVariable}: an administrator of the hub makes one with `curl -X POST HUB/api/hub/workers`.");
        var options = new WorkerOptions
        {
            Hub = HubAddress.Choose(invocation.Get(_hub), HubLogins.Read(Environment.GetEnvironmentVariable)), Token = token, Trainer = SelfStart.Trainer, Folder = invocation.Get(_folder),
            Once = invocation.Get(_once), Version = typeof(WorkerVerb).Assembly.GetName().Version?.ToString(3) ?? "",
        };
        await new WorkerLoop(options, TimeProvider.System, line => invocation.Terminal.Error.WriteLine($"worker: {line}")).RunAsync(stop.Token).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
