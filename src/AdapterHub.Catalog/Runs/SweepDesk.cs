using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>Starts runs together, tells how they stand, and ends them together. All of a sweep is there or none of it.</summary>
public sealed class SweepDesk(IDbContextFactory<CatalogContext> contexts, RunDesk desk, RunFeed feed, RunLimits limits, TimeProvider time)
{
    private const int LongestList = 50;

    /// <exception cref="CatalogException">As <see cref="RunDesk.StartAsync"/>; Invalid for too many runs.</exception>
    public async Task<StartedSweep> StartAsync(Actor actor, SweepSubmission submission, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(submission);
        actor.RequireWrite("start runs");
        if (!actor.IsSignedIn)
            throw new CatalogException(CatalogFault.SignInRequired, "Sign in to start runs.");
        if (submission.Runs.Count < 2 || submission.Runs.Count > limits.RunsOfASweep)
            throw new CatalogException(CatalogFault.Invalid, $"A sweep has 2 to {limits.RunsOfASweep} runs; this one has {submission.Runs.Count}.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var owner = await RepositoryCatalog.RequireOwnerAsync(context, actor, submission.Owner, cancel);
        if (await FindAskedBeforeAsync(context, owner, submission, cancel) is { } before)
            return new StartedSweep(await ReadAsync(context, actor, before, cancel), IsNew: false);
        await desk.RequireRoomAsync(context, owner, submission.Runs.Count, cancel);
        var sweep = new Sweep
        {
            OwnerId = owner.Id, Owner = owner, UserId = actor.UserId, Name = submission.Name, PlanJson = submission.PlanJson, RequestKey = submission.RequestKey, CreatedAt = time.GetUtcNow(),
        };
        context.Sweeps.Add(sweep);
        var queued = new List<(long Run, IReadOnlyList<RunEventView> Events)>();
        for (var position = 0; position < submission.Runs.Count; position++)
        {
            var (label, wanted) = submission.Runs[position];
            var (run, events) = await desk.QueueAsync(context, actor, owner, wanted, cancel);
            sweep.Runs.Add(new SweepRun { Run = run, Position = position, Label = label });
            queued.Add((run.Id, events));
        }

        await context.SaveChangesAsync(cancel);
        AuditLog.Add(context, actor, "sweep.start", $"sweep {sweep.Id}", $"{sweep.Name}, {queued.Count} runs, under {owner.Name}", time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        foreach (var (run, events) in queued)
            feed.Publish(run, events);
        feed.Wake();
        return new StartedSweep(await ReadAsync(context, actor, sweep, cancel), IsNew: true);
    }

    /// <exception cref="CatalogException">NotFound where the actor sees none of its runs.</exception>
    public async Task<SweepView> GetAsync(Actor actor, long id, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var sweep = await context.Sweeps.Include(s => s.Owner).Include(s => s.User).SingleOrDefaultAsync(s => s.Id == id, cancel) ?? throw CatalogException.NotFound($"The sweep {id}");
        var view = await ReadAsync(context, actor, sweep, cancel);
        return view.Runs.Count > 0 ? view : throw CatalogException.NotFound($"The sweep {id}");
    }

    /// <summary>Sweeps of which the actor sees a run.</summary>
    public async Task<SweepList> ListAsync(Actor actor, int skip, int take, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var visible = RunAccess.Visible(context, actor);
        var sweeps = context.Sweeps.Where(s => visible.Any(r => r.Sweep!.SweepId == s.Id));
        var total = await sweeps.CountAsync(cancel);
        var page = await sweeps.AsNoTracking().Include(s => s.Owner).Include(s => s.User).OrderByDescending(s => s.Id)
            .Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 1, LongestList)).ToListAsync(cancel);
        var views = new List<SweepView>();
        foreach (var sweep in page)
            views.Add(await ReadAsync(context, actor, sweep, cancel));
        return new SweepList(views, total);
    }

    /// <summary>Ends all of its runs that have not ended.</summary>
    public async Task<SweepView> CancelAsync(Actor actor, long id, CancellationToken cancel)
    {
        var sweep = await GetAsync(actor, id, cancel);
        actor.RequireWrite($"cancel sweep {id}");
        if (!sweep.CanAct)
            throw new CatalogException(CatalogFault.Forbidden, $"You may not cancel sweep {id}: it belongs to {sweep.Owner}.");
        // Those that wait first: none of them is to begin in the place of one that ends.
        foreach (var one in sweep.Runs.Where(one => !RunStates.IsFinal(one.Run.State)).OrderByDescending(one => one.Run.State == RunState.Queued))
        {
            try
            {
                await desk.CancelAsync(actor, one.Run.Id, cancel);
            }
            catch (CatalogException ended) when (ended.Fault == CatalogFault.Conflict)
            {
                // It came to its end by itself meanwhile.
            }
        }

        return await GetAsync(actor, id, cancel);
    }

    private static async Task<Sweep?> FindAskedBeforeAsync(CatalogContext context, Owner owner, SweepSubmission submission, CancellationToken cancel)
    {
        if (submission.RequestKey is not { } key)
            return null;
        var before = await context.Sweeps.Include(s => s.Owner).Include(s => s.User).SingleOrDefaultAsync(s => s.OwnerId == owner.Id && s.RequestKey == key, cancel);
        if (before is not null && before.PlanJson != submission.PlanJson)
            throw new CatalogException(CatalogFault.Conflict, $"The key \"{key}\" started sweep {before.Id}, which is another one. Give each request a key of its own.");
        return before;
    }

    private static async Task<SweepView> ReadAsync(CatalogContext context, Actor actor, Sweep sweep, CancellationToken cancel)
    {
        var runs = await RunAccess.Visible(context, actor).AsNoTracking().Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker)
            .Where(r => r.Sweep!.SweepId == sweep.Id).OrderBy(r => r.Sweep!.Position).ToListAsync(cancel);
        return new SweepView(
            sweep.Id, sweep.Name, sweep.Owner.Name, sweep.User?.UserName, sweep.CreatedAt, sweep.PlanJson, [.. runs.Select(run => new SweepRunView(RunView.Of(run), run.Sweep!.Label))],
            runs.Count > 0 && await RunAccess.CanActAsync(context, actor, runs[0], cancel));
    }
}
