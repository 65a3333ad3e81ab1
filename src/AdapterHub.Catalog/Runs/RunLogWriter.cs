using System.Text.Json;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// Adds lines to the log of one run inside a transaction, and tells the viewers after it was committed: what anybody sees is on the disk.
/// </summary>
internal sealed class RunLogWriter(CatalogContext context, Run run, DateTimeOffset now)
{
    private readonly List<RunEventView> _added = [];

    public IReadOnlyList<RunEventView> Added => _added;

    public void Add(string kind, string json, int? step = null, DateTimeOffset? at = null)
    {
        var entry = new RunLogEntry { RunId = run.Id, Number = ++run.LastNumber, At = at ?? now, Kind = kind, Step = step, Json = json };
        context.RunLog.Add(entry);
        _added.Add(RunEventView.Of(entry));
    }

    /// <summary>Carries a deed out and writes the new state into the log.</summary>
    /// <exception cref="CatalogException">Conflict: the run is in a state in which that cannot be.</exception>
    public void Apply(RunDeed deed, string? message)
    {
        var before = run.State;
        run.State = RunStates.Next(before, deed)
            ?? throw new CatalogException(CatalogFault.Conflict, $"Run {run.Id} is {RunStates.Word(before)}; {Word(deed)} is not possible then.");
        run.Message = message;
        if (run.State == RunState.Queued)
            run.QueuedAt = now;
        if (run.State == RunState.Running && before == RunState.Queued)
            run.StartedAt ??= now;
        run.FinishedAt = RunStates.IsFinal(run.State) ? now : null;
        if (!RunStates.IsLeased(run.State))
            (run.LeaseExpiresAt, run.SecondsLeft) = (null, null);
        Add(RunEventKinds.State, StateJson(run.State, message));
    }

    private static string StateJson(RunState state, string? message) =>
        JsonSerializer.Serialize(new StateLine(RunEventKinds.State, RunStates.Word(state), message), RunLogJson.Default.StateLine);

    private static string Word(RunDeed deed) => deed switch
    {
        RunDeed.Pause => "pausing it",
        RunDeed.Resume => "letting it go on",
        RunDeed.Cancel => "cancelling it",
        RunDeed.Retry => "trying it again",
        _ => "that",
    };
}
