using System.Collections.Concurrent;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>What a worker fetches and sends for the run that it has, and for no other.</summary>
public sealed class RunFiles(IDbContextFactory<CatalogContext> contexts, BlobStore store, RunFeed feed, RunLimits limits, TimeProvider time)
{
    private const int MostFiles = 500;

    /// <summary>
    /// What came for which run: naming a digest makes nobody's bytes a checkpoint, from which they could be fetched. Forgotten with the process;
    /// a worker that hears of it sends the file again.
    /// </summary>
    private readonly ConcurrentDictionary<(long Run, string Digest), long> _received = new();

    /// <summary>Where the bytes lie of an input or a checkpoint of the run.</summary>
    public async Task<string> GetPathAsync(WorkerIdentity worker, long runId, string lease, string digest, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await LeaseDesk.RequireLeaseAsync(context, worker, runId, lease, cancel);
        var isOfRun = await context.RunInputs.AnyAsync(input => input.RunId == runId && input.Digest == digest, cancel)
            || await context.RunCheckpointFiles.AnyAsync(file => file.Digest == digest && context.RunCheckpoints.Any(c => c.Id == file.CheckpointId && c.RunId == runId), cancel);
        if (!isOfRun)
            throw CatalogException.NotFound($"A file with the digest {digest} of run {runId}");
        return store.Contains(digest) ? store.PathOf(digest)
            : throw new CatalogException(CatalogFault.NotFound, $"The bytes {digest}, which run {runId} reads, are missing on the hub's disk. An administrator can look with the check of the catalogue; publish the file again.");
    }

    /// <summary>Takes a file. A result's bytes count as sent by whoever started the run, a checkpoint's are the hub's own.</summary>
    public async Task<StoredBlob> ReceiveAsync(WorkerIdentity worker, long runId, string lease, Stream source, string digest, bool isResult, CancellationToken cancel)
    {
        Actor sender;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            var run = await LeaseDesk.RequireLeaseAsync(context, worker, runId, lease, cancel);
            sender = isResult && run.UserId is { } user ? new Actor(user, "", false, ActorScope.Write) : Actor.Hub;
        }

        var blob = await store.ReceiveAsync(sender, source, new ExpectedContent { Digest = digest, Limit = limits.FileBytes }, cancel);
        if (!isResult)
            _received[(runId, blob.Digest)] = blob.Length;
        return blob;
    }

    /// <summary>Makes a checkpoint of files that were sent, and forgets those that are not to be kept.</summary>
    /// <param name="keep">Steps of earlier checkpoints that stay.</param>
    /// <exception cref="CatalogException">Conflict: events of steps before it are missing; a run that went on from it would never tell them.</exception>
    public async Task SaveCheckpointAsync(
        WorkerIdentity worker, long runId, string lease, int step, IReadOnlyList<RunStoredFile> files, IReadOnlyList<int> keep, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var run = await LeaseDesk.RequireLeaseAsync(context, worker, runId, lease, cancel);
        var now = time.GetUtcNow();
        run.LeaseExpiresAt = now + limits.Lease;
        if (step > run.Step)
            throw new CatalogException(CatalogFault.Conflict, $"The log has events up to step {run.Step}; send those up to {step} before its checkpoint.");
        var log = new RunLogWriter(context, run, now);
        if (!await context.RunCheckpoints.AnyAsync(c => c.RunId == runId && c.Step == step, cancel))
        {
            Check(runId, files);
            var checkpoint = new RunCheckpoint { RunId = runId, Step = step, CreatedAt = now };
            checkpoint.Files.AddRange(files.Select(file => new RunCheckpointFile { Path = file.Path, Digest = file.Digest, Length = file.Length }));
            context.RunCheckpoints.Add(checkpoint);
            run.LostLeases = 0;
            log.Add(RunEventKinds.Checkpoint, JsonSerializer.Serialize(
                new CheckpointLine(RunEventKinds.Checkpoint, step, $"step {step}"), RunLogJson.Default.CheckpointLine), step);
        }

        await context.SaveChangesAsync(cancel);
        var kept = keep.Append(step).ToArray();
        await context.RunCheckpoints.Where(c => c.RunId == runId && !kept.Contains(c.Step)).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
        feed.Publish(runId, log.Added);
        foreach (var file in files)
            _received.TryRemove((runId, file.Digest), out _);
    }

    private void Check(long runId, IReadOnlyList<RunStoredFile> files)
    {
        if (files.Count is 0 or > MostFiles)
            throw new CatalogException(CatalogFault.Invalid, $"A checkpoint has 1 to {MostFiles} files.");
        if (files.Select(file => TreePath.FindFault(file.Path)).FirstOrDefault(fault => fault is not null) is { } wrong)
            throw new CatalogException(CatalogFault.Invalid, wrong);
        if (files.FirstOrDefault(file => !_received.TryGetValue((runId, file.Digest), out var length) || length != file.Length) is { } absent)
            throw new CatalogException(CatalogFault.Conflict, $"The bytes of {absent.Path} are not here; send them before the checkpoint.");
    }
}
