using AdapterHub.Cli.Verbs;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>Every event as a line of JSON.</summary>
internal sealed class JsonRunView(Invocation invocation) : IRunView
{
    public RunEvent Follow(Func<Action<RunEvent>, RunEvent> run) => run(happened => invocation.WriteJson(happened));
}
