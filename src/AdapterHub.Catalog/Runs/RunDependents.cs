using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>Runs that wait for one that will not succeed: they are cancelled with it, and those that wait for them.</summary>
internal static class RunDependents
{
    public static async Task<IReadOnlyList<(long Run, IReadOnlyList<RunEventView> Events)>> CancelAsync(
        CatalogContext context, Run ended, DateTimeOffset now, CancellationToken cancel)
    {
        var told = new List<(long, IReadOnlyList<RunEventView>)>();
        var pending = new Queue<Run>([ended]);
        while (pending.TryDequeue(out var run))
        {
            var waiting = await context.RunDependencies.Where(d => d.AfterId == run.Id && (d.Run.State == RunState.Queued || d.Run.State == RunState.Paused))
                .Select(d => d.Run).ToListAsync(cancel);
            // The same one may be reached by two ways: its state in this context says so.
            foreach (var next in waiting.Where(next => next.State is RunState.Queued or RunState.Paused))
            {
                var log = new RunLogWriter(context, next, now);
                log.Apply(RunDeed.Cancel, $"It was to come after run {run.Id}, which is {RunStates.Word(run.State)}.");
                told.Add((next.Id, log.Added));
                pending.Enqueue(next);
            }
        }

        return told;
    }
}
