using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

public sealed partial class LeaseDesk
{
    /// <summary>Choosing and leasing are one transaction, so no two workers get the same run.</summary>
    private async Task<RunLease?> TryLeaseAsync(WorkerIdentity worker, long? only, RunKind? kind, CancellationToken cancel)
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
        return new RunLease(
            run.Id, run.Name, token, run.Attempt, run.SpecJson, run.BaseReference, run.Sources.Find(s => s.Relation == LineageRelation.BaseModel)?.Reference ?? run.BaseReference,
            [.. run.Inputs.OrderBy(i => i.Reference, StringComparer.Ordinal).ThenBy(i => i.Path, StringComparer.Ordinal).Select(i => new RunInputFile(i.Reference, i.Path, i.Digest, i.Length))],
            checkpoints.ConvertAll(c => new RunLeaseCheckpoint(c.Step, [.. c.Files.Select(f => new RunStoredFile(f.Path, f.Digest, f.Length))])),
            limits.Lease)
        {
            Adapters = [.. run.Sources.Where(s => s is { Relation: LineageRelation.BlendParent, CommitId: not null }).OrderBy(s => s.Id).Select(s => new RunLeaseAdapter(s.Reference, s.CommitId!))],
        };
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
