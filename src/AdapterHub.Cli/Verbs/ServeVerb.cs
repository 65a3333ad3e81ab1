using System.CommandLine;
using System.Runtime.CompilerServices;
using AdapterHub.Cli.Serving;

namespace AdapterHub.Cli.Verbs;

/// <summary>Runs the hub until Ctrl-C or SIGTERM.</summary>
internal sealed class ServeVerb() : Verb("serve", "runs the hub: its pages and its API")
{
    private readonly Option<string?> _urls = Flag.Text("--urls", "URL[;URL]", "where to listen (default: ADAPTERHUB_URLS, else http://localhost:5080)");
    private readonly Option<string?> _data = Flag.Text("--data", "DIR", "folder of the database and the files (default: ADAPTERHUB_DATA, else data/hub)");

    private readonly Option<bool> _noWorker = Flag.Switch("--no-worker", "start no worker on this machine; others carry out the runs");

    public override IReadOnlyList<FlagGroup> Groups => [new("Hub", [_urls, _data, _noWorker])];

    public override IReadOnlyList<string> Examples => ["adapterhub serve", "adapterhub serve --urls http://0.0.0.0:8080 --data /srv/adapterhub"];

    protected override Task<int> RunAsync(Invocation invocation) => ServeAsync(invocation, invocation.Get(_urls), invocation.Get(_data), !invocation.Get(_noWorker));

    // Only this call loads ASP.NET; the other verbs start without it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> ServeAsync(Invocation invocation, string? urls, string? data, bool withWorker) =>
        HubProcess.RunAsync(invocation, urls, data, withWorker);
}
