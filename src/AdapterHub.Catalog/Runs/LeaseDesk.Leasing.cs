using System.Collections.Concurrent;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

public sealed partial class LeaseDesk
{
    private const int MostCompanions = 50;
    private const int MostRemembered = 1000;
    private readonly ConcurrentDictionary<(long Worker, string Request), RunLease> _given = new();

    /// <summary>
    /// Another waiting run of the same person on the same files of the same base, for a worker that trains several at once. Null while anybody else waits: who
    /// comes next in fairness is not passed over for the sake of speed.
    /// </summary>
    /// <param name="worker">Who has the run.</param>
    /// <param name="runId">The run that it has.</param>
    /// <param name="lease">Of that run.</param>
    /// <param name="canShare">Whether two specs can be trained together.</param>
    /// <param name="request">The worker's name for what it asks, see <see cref="FindGivenAsync"/>; null for none.</param>
    /// <param name="cancel">Ends the search.</param>
    public async Task<RunLease?> LeaseCompanionAsync(
        WorkerIdentity worker, long runId, string lease, Func<string, string, bool> canShare, string? request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(canShare);
        if (await FindGivenAsync(worker, request, cancel) is { } given)
            return given;
        long? found = null;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            var run = await RequireLeaseAsync(context, worker, runId, lease, cancel);
            var hasGpu = await context.Workers.Where(w => w.Id == worker.Id).Select(w => w.HasGpu).SingleAsync(cancel);
            if (run.Kind != RunKind.Train || await Runnable(context, hasGpu).AnyAsync(r => r.UserId != run.UserId, cancel))
                return null;
            if (limits.RunningPerOwner is { } most && await Leased(context).CountAsync(r => r.OwnerId == run.OwnerId, cancel) >= most)
                return null;
            var files = await BaseFilesAsync(context, runId, run.BaseReference, cancel);
            var waiting = await Runnable(context, hasGpu).Where(r => r.Kind == RunKind.Train && r.OwnerId == run.OwnerId && r.BaseReference == run.BaseReference)
                .OrderByDescending(r => r.Priority).ThenBy(r => r.QueuedAt).Take(MostCompanions).Select(r => new { r.Id, r.SpecJson }).ToListAsync(cancel);
            foreach (var other in waiting.Where(other => canShare(run.SpecJson, other.SpecJson)))
            {
                if (!(await BaseFilesAsync(context, other.Id, run.BaseReference, cancel)).SequenceEqual(files))
                    continue;
                found = other.Id;
                break;
            }
        }

        return found is { } id ? await TryLeaseAsync(worker, id, RunKind.Train, request, cancel) : null;
    }

    private static Task<List<string>> BaseFilesAsync(CatalogContext context, long runId, string reference, CancellationToken cancel) => context.RunInputs.AsNoTracking()
        .Where(i => i.RunId == runId && i.Reference == reference).OrderBy(i => i.Path).Select(i => i.Path + " " + i.Digest).ToListAsync(cancel);

    /// <summary>
    /// What the worker was given under that name. It asks again under the same one when the answer did not reach it; a run that was leased and whose
    /// worker does not know would lie there until its lease is over. Forgotten with the process, and then so it is.
    /// </summary>
    private async Task<RunLease?> FindGivenAsync(WorkerIdentity worker, string? request, CancellationToken cancel)
    {
        if (request is null || !_given.TryGetValue((worker.Id, request), out var lease))
            return null;
        try
        {
            await RenewAsync(worker, lease.RunId, lease.Token, cancel);
            return lease;
        }
        catch (CatalogException lost) when (lost.Fault == CatalogFault.Gone)
        {
            _given.TryRemove((worker.Id, request), out _);
            return null;
        }
    }

    private void Remember(WorkerIdentity worker, string? request, RunLease lease)
    {
        if (request is null)
            return;
        if (_given.Count >= MostRemembered)
            _given.Clear();
        _given[(worker.Id, request)] = lease;
    }

    /// <summary>Choosing and leasing are one transaction, so no two workers get the same run.</summary>
    private async Task<RunLease?> TryLeaseAsync(WorkerIdentity worker, long? only, RunKind? kind, string? request, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (!await context.Runs.AnyAsync(r => r.State == RunState.Queued, cancel))
            return null;
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var hasGpu = await context.Workers.Where(w => w.Id == worker.Id).Select(w => w.HasGpu).SingleAsync(cancel);
        var id = only ?? await FindNextAsync(context, hasGpu, kind, cancel);
        if (id is null || await Runnable(context, hasGpu).Include(r => r.Inputs).Include(r => r.Sources).AsSplitQuery().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } run)
            return null;
        var now = time.GetUtcNow();
        var token = SecretKey.Create();
        (run.WorkerId, run.LeaseHash, run.LeaseExpiresAt, run.LeaseSequence) = (worker.Id, SecretKey.HashOf(token), now + limits.Lease, 0);
        (run.ServedAt, run.Attempt) = (now, run.Attempt + 1);
        var log = new RunLogWriter(context, run, now);
        log.Apply(RunDeed.Lease, $"on {worker.Name}");
        var checkpoints = await context.RunCheckpoints.AsNoTracking().Include(c => c.Files).Where(c => c.RunId == id).OrderBy(c => c.Step).ToListAsync(cancel);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        feed.Publish(run.Id, log.Added);
        var lease = new RunLease(
            run.Id, run.Name, token, run.Attempt, run.SpecJson, run.BaseReference, run.Sources.Find(s => s.Relation == LineageRelation.BaseModel)?.Reference ?? run.BaseReference,
            [.. run.Inputs.OrderBy(i => i.Reference, StringComparer.Ordinal).ThenBy(i => i.Path, StringComparer.Ordinal).Select(i => new RunInputFile(i.Reference, i.Path, i.Digest, i.Length))],
            checkpoints.ConvertAll(c => new RunLeaseCheckpoint(c.Step, [.. c.Files.Select(f => new RunStoredFile(f.Path, f.Digest, f.Length))])),
            limits.Lease)
        {
            Adapters = [.. run.Sources.Where(s => s is { Relation: LineageRelation.BlendParent, CommitId: not null }).OrderBy(s => s.Id).Select(s => new RunLeaseAdapter(s.Reference, s.CommitId!))],
        };
        Remember(worker, request, lease);
        return lease;
    }

    private async Task<long?> FindNextAsync(CatalogContext context, bool hasGpu, RunKind? kind, CancellationToken cancel)
    {
        var waiting = await Runnable(context, hasGpu).Where(r => kind == null || r.Kind == kind).Select(r => new { r.Id, Person = r.UserId!.Value, r.OwnerId, r.Priority, r.QueuedAt }).ToListAsync(cancel);
        if (limits.RunningPerOwner is { } most)
        {
            var busy = await Leased(context).GroupBy(r => r.OwnerId).Where(runs => runs.Count() >= most).Select(runs => runs.Key).ToListAsync(cancel);
            waiting.RemoveAll(run => busy.Contains(run.OwnerId));
        }

        if (waiting.Count == 0)
            return null;
        var people = waiting.Select(run => run.Person).Distinct().ToArray();
        var running = await Leased(context).Where(r => people.Contains(r.UserId!.Value)).GroupBy(r => r.UserId!.Value)
            .Select(runs => new { Person = runs.Key, Count = runs.Count() }).ToDictionaryAsync(one => one.Person, one => one.Count, cancel);
        var served = await context.Runs.Where(r => r.ServedAt != null && people.Contains(r.UserId!.Value)).GroupBy(r => r.UserId!.Value)
            .Select(runs => new { Person = runs.Key, At = runs.Max(r => r.ServedAt) }).ToDictionaryAsync(one => one.Person, one => one.At, cancel);
        return FairOrder.FindNext(
            waiting.Select(run => new WaitingRun(run.Id, run.Person, run.Priority, run.QueuedAt)),
            person => new PersonStanding(running.GetValueOrDefault(person), served.GetValueOrDefault(person)))?.RunId;
    }

    /// <summary>Waiting, of an account in force, with everything before it succeeded.</summary>
    private static IQueryable<Run> Runnable(CatalogContext context, bool hasGpu) =>
        context.Runs.Where(r => r.State == RunState.Queued && r.User != null && r.User.DisabledAt == null && (hasGpu || !r.NeedsGpu)
            && !context.RunDependencies.Any(d => d.RunId == r.Id && d.After.State != RunState.Succeeded));
}
