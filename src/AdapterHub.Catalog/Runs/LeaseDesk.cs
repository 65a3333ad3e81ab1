using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// Gives runs to workers and takes them back. A lease is a random key with an end; every call of a worker names it, and a call under a lease that
/// was lost is refused as gone, so that of two workers that believe to have a run only one is heard.
/// </summary>
public sealed partial class LeaseDesk(IDbContextFactory<CatalogContext> contexts, RunFeed feed, RunLimits limits, RunCompletion completion, TimeProvider time)
{
    /// <summary>A worker starts: what it had before is lost to it, whatever its lease says.</summary>
    public async Task RegisterAsync(WorkerIdentity worker, WorkerDescription description, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(description);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.Workers.Where(w => w.Id == worker.Id).ExecuteUpdateAsync(
            set => set.SetProperty(w => w.Device, Cut(description.Device)).SetProperty(w => w.HasGpu, description.HasGpu)
                .SetProperty(w => w.MemoryBytes, description.MemoryBytes).SetProperty(w => w.Version, Cut(description.Version)).SetProperty(w => w.LastSeenAt, time.GetUtcNow()), cancel);
        await LoseAsync(r => r.Where(run => run.WorkerId == worker.Id), cancel);
    }

    /// <summary>Waits for a run and leases it; null when none came in that time.</summary>
    public Task<RunLease?> LeaseAsync(WorkerIdentity worker, TimeSpan wait, CancellationToken cancel) => LeaseAsync(worker, wait, null, null, cancel);

    /// <param name="worker">Who asks; it may have another run.</param>
    /// <param name="wait">How long at most.</param>
    /// <param name="kind">Runs of this kind and no other; null for all.</param>
    /// <param name="request">The worker's name for what it asks, see <see cref="FindGivenAsync"/>; null for none.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<RunLease?> LeaseAsync(WorkerIdentity worker, TimeSpan wait, RunKind? kind, string? request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(worker);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(wait);
        while (true)
        {
            var awakened = feed.Awakened;
            if ((await FindGivenAsync(worker, request, cancel) ?? await TryLeaseAsync(worker, null, kind, request, cancel)) is { } lease)
                return lease;
            try
            {
                await awakened.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>This run and no other, whosever turn it is; for schedulers that start a worker for one run.</summary>
    public async Task<RunLease> LeaseRunAsync(WorkerIdentity worker, long runId, string? request, CancellationToken cancel) =>
        await FindGivenAsync(worker, request, cancel) ?? await TryLeaseAsync(worker, runId, null, request, cancel)
        ?? throw new CatalogException(CatalogFault.Conflict, $"Run {runId} is not waiting for a worker, comes after a run that has not succeeded, or needs a GPU that this worker lacks.");

    /// <summary>A sign of life that waits until the run is to do something else than the worker knows, at most for that long.</summary>
    public async Task<RunReceipt> RenewAsync(WorkerIdentity worker, long runId, string lease, RunState known, TimeSpan wait, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(wait);
        while (true)
        {
            var awakened = feed.Awakened;
            var receipt = await RenewAsync(worker, runId, lease, cancel);
            if (receipt.State != known)
                return receipt;
            try
            {
                await awakened.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return await RenewAsync(worker, runId, lease, cancel);
            }
        }
    }

    /// <summary>Stores what was not stored before. What comes twice is passed over; a gap is refused.</summary>
    /// <exception cref="CatalogException">Gone: the lease is lost. Conflict: numbers are missing in between; the message says which is next.</exception>
    public async Task<RunReceipt> AppendAsync(WorkerIdentity worker, long runId, string lease, IReadOnlyList<IncomingRunEvent> events, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(events);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var run = await RequireLeaseAsync(context, worker, runId, lease, cancel);
        var log = new RunLogWriter(context, run, time.GetUtcNow());
        RunAppending.Append(run, log, events);
        run.LeaseExpiresAt = time.GetUtcNow() + limits.Lease;
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (log.Added.Count > 0)
            feed.Publish(runId, log.Added);
        return new RunReceipt(run.LeaseSequence, run.State);
    }

    /// <summary>Ends the lease. Said twice, it is answered as the first time.</summary>
    public async Task<RunView> FinishAsync(WorkerIdentity worker, long runId, string lease, RunFinish finish, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(finish);
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            var hash = SecretKey.HashOf(lease);
            var ended = await context.Runs.AsNoTracking().Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker)
                .SingleOrDefaultAsync(r => r.Id == runId && r.WorkerId == worker.Id && r.LeaseHash == hash, cancel);
            if (ended is not null && !RunStates.IsLeased(ended.State))
                return RunView.Of(ended);
        }

        await completion.FinishAsync(worker, runId, lease, finish, cancel);
        await using var after = await contexts.CreateDbContextAsync(cancel);
        return RunView.Of(await after.Runs.AsNoTracking().Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker).SingleAsync(r => r.Id == runId, cancel));
    }

    /// <summary>Takes runs back whose workers gave no sign of life; the hub calls it every few seconds.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return LoseAsync(runs => runs.Where(r => r.LeaseExpiresAt < now), cancel);
    }

    internal static async Task<Run> RequireLeaseAsync(CatalogContext context, WorkerIdentity worker, long runId, string lease, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(worker);
        var hash = SecretKey.HashOf(lease);
        return await context.Runs.SingleOrDefaultAsync(r => r.Id == runId && r.WorkerId == worker.Id && r.LeaseHash == hash && hash != null
                && (r.State == RunState.Running || r.State == RunState.Pausing || r.State == RunState.Cancelling), cancel)
            ?? throw new CatalogException(CatalogFault.Gone, $"This worker does not have run {runId} any more: its lease was lost. Stop it here; it goes on elsewhere from its last checkpoint.");
    }

    private async Task<RunReceipt> RenewAsync(WorkerIdentity worker, long runId, string lease, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var run = await RequireLeaseAsync(context, worker, runId, lease, cancel);
        var until = time.GetUtcNow() + limits.Lease;
        // Not over a lease that was lost in between.
        if (await context.Runs.Where(r => r.Id == runId && r.LeaseHash == run.LeaseHash && r.LeaseExpiresAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LeaseExpiresAt, until), cancel) == 0)
            return await RenewAsync(worker, runId, lease, cancel);
        return new RunReceipt(run.LeaseSequence, run.State);
    }

    private async Task<int> LoseAsync(Func<IQueryable<Run>, IQueryable<Run>> which, CancellationToken cancel)
    {
        List<(long Run, IReadOnlyList<RunEventView> Events)> told = [];
        await using var context = await contexts.CreateDbContextAsync(cancel);
        // Looked at without a lock first: nearly always there is none.
        if (!await which(Leased(context)).AnyAsync(cancel))
            return 0;
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var now = time.GetUtcNow();
        var lost = await which(Leased(context)).Include(r => r.Worker).ToListAsync(cancel);
        foreach (var run in lost)
        {
            var log = new RunLogWriter(context, run, now);
            run.LostLeases++;
            // An empty hash is no key's: whoever had the lease is refused.
            run.LeaseHash = null;
            if (run.LostLeases >= limits.LostLeases && run.State == RunState.Running)
            {
                log.Apply(RunDeed.Fail, $"Its workers were lost {run.LostLeases} times in a row without a step forward. Something about the run ends them, most likely too little memory: try a smaller batch or shorter rows.");
                told.AddRange(await RunDependents.CancelAsync(context, run, now, cancel));
            }
            else
            {
                log.Apply(RunDeed.Lose, $"The worker {run.Worker?.Name} was lost{(run.State == RunState.Running ? "; the run goes on from its last checkpoint" : "")}.");
                if (run.State == RunState.Cancelled)
                    told.AddRange(await RunDependents.CancelAsync(context, run, now, cancel));
            }

            told.Add((run.Id, log.Added));
        }

        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        foreach (var (run, events) in told)
            feed.Publish(run, events);
        feed.Wake();
        return lost.Count;
    }

    private static IQueryable<Run> Leased(CatalogContext context) =>
        context.Runs.Where(r => r.State == RunState.Running || r.State == RunState.Pausing || r.State == RunState.Cancelling);

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200];
}
