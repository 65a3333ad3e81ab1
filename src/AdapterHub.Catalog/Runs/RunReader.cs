using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>What people see of runs.</summary>
public sealed class RunReader(IDbContextFactory<CatalogContext> contexts, RunFeed feed, RunLimits limits, TimeProvider time)
{
    /// <summary>Events in one answer.</summary>
    public const int LargestPage = 1000;
    private const int MostRuns = 200;
    private const string HeldOut = "heldOut.";

    /// <summary>How often a viewer of the queue is told about the same run at most.</summary>
    private static readonly TimeSpan QueuePace = TimeSpan.FromMilliseconds(500);

    public async Task<RunPage> ListAsync(Actor actor, RunQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var runs = RunAccess.Visible(context, actor);
        if (query.Mine)
            runs = runs.Where(r => context.Users.Any(u => u.Id == actor.UserId && u.OwnerId == r.OwnerId)
                || context.Memberships.Any(m => m.UserId == actor.UserId && m.OrganizationId == r.OwnerId && m.Role >= AccessRole.Writer));
        if (query.Owner is { } owner)
            runs = runs.Where(r => r.Owner.Name == owner);
        if (query.Base is { } baseModel)
            runs = runs.Where(r => context.RunSources.Any(s => s.RunId == r.Id && s.Relation == LineageRelation.BaseModel && s.Reference == baseModel));
        if (query.Sweep is { } sweep)
            runs = runs.Where(r => r.Sweep!.SweepId == sweep);
        if (query.States.Count > 0)
        {
            var states = query.States.ToArray();
            runs = runs.Where(r => states.Contains(r.State));
        }

        if (query.Kind is { } kind)
            runs = runs.Where(r => r.Kind == kind);
        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var pattern = LikePattern.Containing(query.Text.Trim());
            runs = runs.Where(r => EF.Functions.Like(r.Name, pattern, LikePattern.Escape) || EF.Functions.Like(r.BaseReference, pattern, LikePattern.Escape)
                || EF.Functions.Like(r.Target!, pattern, LikePattern.Escape));
        }

        var total = await runs.CountAsync(cancel);
        var page = await runs.AsNoTracking().Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker).OrderByDescending(r => r.Id)
            .Skip(Math.Max(0, query.Skip)).Take(Math.Clamp(query.Take, 1, MostRuns)).ToListAsync(cancel);
        return new RunPage([.. page.Select(RunView.Of)], total);
    }

    public async Task<RunView> GetAsync(Actor actor, long id, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return RunView.Of(await RunAccess.RequireVisibleAsync(context, actor, id, cancel));
    }

    public async Task<RunDetail> GetDetailAsync(Actor actor, long id, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var run = await RunAccess.RequireVisibleAsync(context, actor, id, cancel);
        return new RunDetail(
            RunView.Of(run), run.SpecJson,
            await context.RunDependencies.Where(d => d.RunId == id).OrderBy(d => d.AfterId).Select(d => d.AfterId).ToListAsync(cancel),
            await context.RunSources.Where(s => s.RunId == id).OrderBy(s => s.Id).Select(s => new RunSourceView(s.Reference, s.Relation, s.CommitId)).ToListAsync(cancel),
            await context.RunCheckpoints.Where(c => c.RunId == id).OrderBy(c => c.Step)
                .Select(c => new RunCheckpointView(c.Step, c.CreatedAt, c.Files.Sum(file => file.Length))).ToListAsync(cancel),
            await RunAccess.CanActAsync(context, actor, run, cancel))
        {
            Before = await LinkedAsync(r => context.RunDependencies.Any(d => d.RunId == id && d.AfterId == r.Id)),
            Followers = await LinkedAsync(r => context.RunDependencies.Any(d => d.AfterId == id && d.RunId == r.Id)),
        };

        async Task<IReadOnlyList<RunView>> LinkedAsync(Expression<Func<Run, bool>> isLinked) =>
            [.. (await RunAccess.Visible(context, actor).AsNoTracking().Where(isLinked).Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker)
                .OrderBy(r => r.Id).Take(MostRuns).ToListAsync(cancel)).Select(RunView.Of)];
    }

    /// <summary>Events above a number, oldest first.</summary>
    public async Task<IReadOnlyList<RunEventView>> ReadEventsAsync(Actor actor, long id, long after, int limit, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await RequireAsync(context, actor, id, cancel);
        return await PageAsync(context, id, after, Math.Clamp(limit, 1, LargestPage), cancel);
    }

    /// <summary>Watches as somebody whose account and token do not change meanwhile, such as a request that is soon over.</summary>
    public IAsyncEnumerable<RunEventView> WatchAsync(Actor actor, long id, long after, CancellationToken cancel) =>
        WatchAsync(_ => ValueTask.FromResult(actor), id, after, cancel);

    /// <summary>
    /// Every event above a number, those to come too, each once and in order; ends with the last event of a run that has ended. The log is read
    /// where the viewer is behind, the feed where it is not.
    /// </summary>
    /// <param name="who">Asked again every few seconds, also while nothing happens: whoever lost the right to the run sees no more of it. Its own faults end the stream too.</param>
    /// <exception cref="CatalogException">NotFound: the run may not be seen, or not any more.</exception>
    public async IAsyncEnumerable<RunEventView> WatchAsync(Func<CancellationToken, ValueTask<Actor>> who, long id, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(who);
        using var viewer = feed.Subscribe(id);
        await using var pulse = Pulse(viewer.Nudge);
        var last = after;
        while (true)
        {
            IReadOnlyList<RunEventView> page;
            do
            {
                page = await ReadEventsAsync(await who(cancel), id, last, LargestPage, cancel);
                foreach (var happened in page)
                    yield return happened;
                last = page.Count > 0 ? page[^1].Number : last;
            }
            while (page.Count == LargestPage);

            if (await HasEndedAsync(id, last, cancel))
                yield break;
            // A gap means that the buffer ran over; the log has what is missing.
            var mustRead = false;
            while (!mustRead && await viewer.Events.WaitToReadAsync(cancel))
            {
                while (!mustRead && viewer.Events.TryRead(out var happened))
                {
                    if (happened is null)
                        await RequireAsync(await who(cancel), id, cancel);
                    if (happened is null || happened.Number <= last)
                        continue;
                    mustRead = happened.Number > last + 1;
                    if (mustRead)
                        break;
                    last = happened.Number;
                    yield return happened;
                    // It may have been the last one.
                    mustRead = happened.Kind == RunEventKinds.State;
                }
            }
        }
    }

    /// <summary>The runs that are waiting or at work, then every change of any run that the actor may see; never ends by itself.</summary>
    /// <param name="who">Asked at every change, and every few seconds.</param>
    /// <param name="cancel">Ends it.</param>
    public async IAsyncEnumerable<RunView> WatchQueueAsync(Func<CancellationToken, ValueTask<Actor>> who, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(who);
        var changed = new RunChanges();
        using var listening = feed.Listen(changed.Add);
        await using var pulse = Pulse(changed.Wake);
        var now = await ListAsync(
            await who(cancel), new RunQuery { States = [RunState.Queued, RunState.Running, RunState.Pausing, RunState.Paused, RunState.Cancelling], Take = MostRuns }, cancel);
        foreach (var run in now.Runs)
            yield return run;
        while (true)
        {
            var ids = await changed.TakeAsync(cancel);
            var actor = await who(cancel);
            if (ids.Count == 0)
                continue;
            await using (var context = await contexts.CreateDbContextAsync(cancel))
            {
                var rows = await RunAccess.Visible(context, actor).AsNoTracking().Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker)
                    .Where(r => ids.Contains(r.Id)).OrderBy(r => r.Id).ToListAsync(cancel);
                foreach (var row in rows)
                    yield return RunView.Of(row);
            }

            await Task.Delay(QueuePace, time, cancel);
        }
    }

    /// <summary>Not all at once: hundreds of viewers may have come back in the same moment, after the hub was started again.</summary>
    private ITimer Pulse(Action beat) => time.CreateTimer(_ => beat(), null, limits.ViewerBelief * (0.5 + (Random.Shared.NextDouble() / 2)), limits.ViewerBelief);

    /// <summary>Metrics over steps, thinned to about <paramref name="points"/> each without losing extremes.</summary>
    /// <param name="names"><c>loss</c>, <c>learningRate</c>, <c>gradientNorm</c>, <c>tokensPerSecond</c>, <c>memoryBytes</c>, <c>gpuUtilization</c>, <c>heldOut.loss</c>, <c>heldOut.perplexity</c>.</param>
    /// <param name="from">The first step that matters.</param>
    /// <param name="to">The last step that matters.</param>
    public async Task<IReadOnlyList<MetricSeries>> ReadSeriesAsync(
        Actor actor, long id, IReadOnlyList<string> names, int points, int from = 0, int to = int.MaxValue, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await RequireAsync(context, actor, id, cancel);
        var series = names.Distinct(StringComparer.Ordinal).ToDictionary(name => name, _ => new List<MetricPoint>(), StringComparer.Ordinal);
        foreach (var (kind, prefix) in new[] { (RunEventKinds.Step, ""), (RunEventKinds.Evaluation, HeldOut) })
        {
            var wanted = series.Where(one => one.Key.StartsWith(HeldOut, StringComparison.Ordinal) == (prefix.Length > 0)).Select(one => (one.Key[prefix.Length..], one.Value)).ToList();
            if (wanted.Count == 0)
                continue;
            var lines = context.RunLog.Where(e => e.RunId == id && e.Kind == kind && e.Step >= from && e.Step <= to).OrderBy(e => e.Step)
                .Select(e => new { e.Step, e.Json }).AsAsyncEnumerable();
            await foreach (var line in lines.WithCancellation(cancel))
                Collect(line.Step!.Value, line.Json, wanted);
        }

        return [.. series.Select(one => new MetricSeries(one.Key, one.Value.Count, Downsampling.Thin(one.Value, Math.Clamp(points, 4, 20_000))))];
    }

    private static void Collect(int step, string json, List<(string Name, List<MetricPoint> Points)> wanted)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var (name, points) in wanted)
        {
            if (document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number)
                points.Add(new MetricPoint(step, value.GetDouble()));
        }
    }

    private async Task<bool> HasEndedAsync(long id, long last, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Runs.AnyAsync(r => r.Id == id && r.LastNumber <= last && r.State >= RunState.Succeeded, cancel);
    }

    private async Task RequireAsync(Actor actor, long id, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await RequireAsync(context, actor, id, cancel);
    }

    private static async Task RequireAsync(CatalogContext context, Actor actor, long id, CancellationToken cancel)
    {
        if (!await RunAccess.Visible(context, actor).AnyAsync(r => r.Id == id, cancel))
            throw CatalogException.NotFound($"The run {id}");
    }

    private static async Task<List<RunEventView>> PageAsync(CatalogContext context, long id, long after, int limit, CancellationToken cancel)
    {
        var entries = await context.RunLog.AsNoTracking().Where(e => e.RunId == id && e.Number > after).OrderBy(e => e.Number).Take(limit).ToListAsync(cancel);
        return entries.ConvertAll(RunEventView.Of);
    }
}
