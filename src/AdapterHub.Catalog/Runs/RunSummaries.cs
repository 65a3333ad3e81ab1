using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>What lists and pages show of runs besides the runs themselves: places in the queue, little curves, what to filter by, the story without its steps.</summary>
public sealed class RunSummaries(IDbContextFactory<CatalogContext> contexts)
{
    /// <summary>Beyond so many the places are not told: nobody counts that far.</summary>
    private const int MostWaiting = 500;
    private const int MostNames = 60;
    private const int SpeedRuns = 60;
    private const int SpeedRunsOfAWorker = 5;

    /// <summary>The place of each waiting run, from 1, if workers took them one after the other; those that wait for other runs have none.</summary>
    public async Task<IReadOnlyDictionary<long, int>> ReadQueueAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var waiting = await context.Runs.AsNoTracking()
            .Where(r => r.State == RunState.Queued && r.User != null && r.User.DisabledAt == null
                && !context.RunDependencies.Any(d => d.RunId == r.Id && d.After.State != RunState.Succeeded))
            .OrderBy(r => r.QueuedAt).Take(MostWaiting)
            .Select(r => new WaitingRun(r.Id, r.UserId!.Value, r.Priority, r.QueuedAt)).ToListAsync(cancel);
        if (waiting.Count == 0)
            return new Dictionary<long, int>();
        var people = waiting.Select(run => run.Person).Distinct().ToArray();
        var standings = await context.Runs.Where(r => people.Contains(r.UserId!.Value)).GroupBy(r => r.UserId!.Value).Select(runs => new
        {
            Person = runs.Key,
            Running = runs.Count(r => r.State == RunState.Running || r.State == RunState.Pausing || r.State == RunState.Cancelling),
            ServedAt = runs.Max(r => r.ServedAt),
        }).ToDictionaryAsync(one => one.Person, one => new PersonStanding(one.Running, one.ServedAt), cancel);
        return FairOrder.Arrange(waiting, person => standings[person]).Select((run, index) => (run.RunId, Place: index + 1)).ToDictionary(one => one.RunId, one => one.Place);
    }

    /// <summary>The training loss of runs at some of their steps, about so many each, for curves as small as a word. Ids that the actor may not see are left out.</summary>
    public async Task<IReadOnlyDictionary<long, IReadOnlyList<MetricPoint>>> ReadLossesAsync(Actor actor, IReadOnlyCollection<long> ids, int points, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var runs = await RunAccess.Visible(context, actor).Where(r => ids.Contains(r.Id) && r.Step > 0).Select(r => new { r.Id, r.Step }).ToListAsync(cancel);
        var losses = new Dictionary<long, IReadOnlyList<MetricPoint>>();
        foreach (var run in runs)
        {
            var stride = Math.Max(1, run.Step / Math.Max(1, points));
            var lines = await context.RunLog.AsNoTracking().Where(e => e.RunId == run.Id && e.Kind == RunEventKinds.Step && (e.Step % stride == 0 || e.Step == 1))
                .OrderBy(e => e.Step).Select(e => new { e.Step, e.Json }).ToListAsync(cancel);
            losses[run.Id] = [.. from line in lines let loss = LossOf(line.Json) where loss is not null select new MetricPoint(line.Step!.Value, loss.Value)];
        }

        return losses;
    }

    /// <summary>Owners and base models of the runs that the actor sees.</summary>
    public async Task<RunFacets> ReadFacetsAsync(Actor actor, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var visible = RunAccess.Visible(context, actor);
        var owners = await visible.GroupBy(r => r.Owner.Name).Select(runs => new { Name = runs.Key, Count = runs.Count() }).OrderBy(one => one.Name).Take(MostNames).ToListAsync(cancel);
        var bases = await context.RunSources.Where(s => s.Relation == LineageRelation.BaseModel && visible.Any(r => r.Id == s.RunId))
            .GroupBy(s => s.Reference).Select(runs => new { Name = runs.Key, Count = runs.Count() }).OrderBy(one => one.Name).Take(MostNames).ToListAsync(cancel);
        return new RunFacets([.. owners.Select(one => new RunCount(one.Name, one.Count))], [.. bases.Select(one => new RunCount(one.Name, one.Count))]);
    }

    /// <summary>The newest events of a run that are no steps, oldest first: what there is to tell besides its curves.</summary>
    public async Task<IReadOnlyList<RunEventView>> ReadStoryAsync(Actor actor, long id, int most, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (!await RunAccess.Visible(context, actor).AnyAsync(r => r.Id == id, cancel))
            throw CatalogException.NotFound($"The run {id}");
        var entries = await context.RunLog.AsNoTracking().Where(e => e.RunId == id && e.Kind != RunEventKinds.Step)
            .OrderByDescending(e => e.Number).Take(most).ToListAsync(cancel);
        entries.Reverse();
        return entries.ConvertAll(RunEventView.Of);
    }

    /// <summary>How fast the newest training runs of a base went that the actor sees, by worker.</summary>
    /// <param name="baseModel">The full name of its repository.</param>
    public async Task<IReadOnlyList<RunSpeed>> ReadSpeedsAsync(Actor actor, string baseModel, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var runs = await RunAccess.Visible(context, actor)
            .Where(r => r.Kind == RunKind.Train && r.TokensPerSecond > 0 && r.Worker != null
                && context.RunSources.Any(s => s.RunId == r.Id && s.Relation == LineageRelation.BaseModel && s.Reference == baseModel))
            .OrderByDescending(r => r.Id).Take(SpeedRuns).Select(r => new { r.Worker!.Name, r.Worker.HasGpu, Speed = r.TokensPerSecond!.Value }).ToListAsync(cancel);
        return [.. runs.GroupBy(run => (run.Name, run.HasGpu)).Select(one => new RunSpeed(one.Key.Name, one.Key.HasGpu, one.Take(SpeedRunsOfAWorker).Average(run => run.Speed), Math.Min(one.Count(), SpeedRunsOfAWorker)))];
    }

    private static double? LossOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("loss", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
    }
}
