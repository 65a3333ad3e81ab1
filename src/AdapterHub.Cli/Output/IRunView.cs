using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>Shows a run while it goes on: as JSON lines, as plain lines, or live on a terminal.</summary>
internal interface IRunView
{
    /// <summary>Calls <paramref name="run"/>, shows every event it reports, and returns its last one.</summary>
    RunEvent Follow(Func<Action<RunEvent>, RunEvent> run);
}
