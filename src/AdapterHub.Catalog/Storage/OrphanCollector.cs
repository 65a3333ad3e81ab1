using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <summary>What was taken away.</summary>
/// <param name="Blobs">Blobs that no revision and no draft used any more.</param>
/// <param name="StrayFiles">Files in the store without a row, and arriving files that nobody sends any more.</param>
/// <param name="Drafts">Publications that were begun and left.</param>
/// <param name="Bytes">Bytes that the disk has back.</param>
public sealed record CollectionReport(int Blobs, int StrayFiles, int Drafts, long Bytes);

/// <summary>
/// Takes away what nothing refers to: the rest of broken uploads, of purged repositories and of expired drafts. What came within the time of
/// grace stays, since whoever sent it may be about to commit it.
/// </summary>
public sealed class OrphanCollector(CatalogPaths paths, IDbContextFactory<CatalogContext> contexts, BlobStore store, TimeProvider time)
{
    /// <summary>How long a draft that nobody touches is kept.</summary>
    public static readonly TimeSpan DraftTime = TimeSpan.FromDays(7);

    /// <summary>How long bytes wait for a revision that uses them.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    /// <summary>Rows deleted in one transaction, during which nothing else is stored.</summary>
    private const int Page = 200;

    /// <summary>For administrators and the program itself.</summary>
    /// <param name="grace">Another time of grace than <see cref="Grace"/>.</param>
    public async Task<CollectionReport> CollectAsync(Actor actor, TimeSpan? grace = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.IsAdministrator || !actor.CanWrite)
            throw new CatalogException(CatalogFault.Forbidden, "Only administrators collect orphans.");
        var before = time.GetUtcNow() - (grace ?? Grace);
        var drafts = await ExpireDraftsAsync(cancel);
        var (blobs, freed) = await CollectBlobsAsync(before, cancel);
        await ForgetInspectionsAsync(cancel);
        var (stray, strayBytes) = await CollectStrayBlobsAsync(before, cancel);
        var (arriving, arrivingBytes) = await CollectQuarantineAsync(before, cancel);
        return new CollectionReport(blobs, stray + arriving, drafts, freed + strayBytes + arrivingBytes);
    }

    /// <summary>Their blobs lose their last reference here, and their arriving files their row; both are collected by what follows.</summary>
    private async Task<int> ExpireDraftsAsync(CancellationToken cancel)
    {
        var before = time.GetUtcNow() - DraftTime;
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.BlobReceipts.Where(receipt => receipt.At < before).ExecuteDeleteAsync(cancel);
        return await context.Drafts.Where(draft => draft.UpdatedAt < before).ExecuteDeleteAsync(cancel);
    }

    /// <summary>Candidates are looked for without keeping anybody from storing, and looked at once more where they are deleted.</summary>
    private async Task<(int Count, long Bytes)> CollectBlobsAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var (count, bytes, last) = (0, 0L, "");
        while (true)
        {
            List<string> candidates;
            await using (var context = await contexts.CreateDbContextAsync(cancel))
            {
                candidates = await Orphans(context, before).Where(blob => string.Compare(blob.Digest, last) > 0)
                    .OrderBy(blob => blob.Digest).Select(blob => blob.Digest).Take(Page).ToListAsync(cancel);
            }

            if (candidates.Count == 0)
                return (count, bytes);
            last = candidates[^1];
            var gone = await DeleteAsync(candidates, before, cancel);
            count += gone.Count;
            bytes += gone.Sum(blob => blob.Length);
        }
    }

    private static IQueryable<Blob> Orphans(CatalogContext context, DateTimeOffset before) => context.Blobs.Where(blob => blob.CreatedAt < before
        && !context.CommitFiles.Any(file => file.Digest == blob.Digest) && !context.DraftFiles.Any(file => file.Digest == blob.Digest)
        && !context.RunInputs.Any(file => file.Digest == blob.Digest) && !context.RunCheckpointFiles.Any(file => file.Digest == blob.Digest));

    private async Task<List<Blob>> DeleteAsync(List<string> candidates, DateTimeOffset before, CancellationToken cancel)
    {
        await store.Gate.WaitAsync(cancel);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            await using var transaction = await context.Database.BeginTransactionAsync(cancel);
            var orphans = await Orphans(context, before).Where(blob => candidates.Contains(blob.Digest)).ToListAsync(cancel);
            context.Blobs.RemoveRange(orphans);
            await context.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            // The row goes first: a file without a row is an orphan still, a row without a file would be a broken promise.
            foreach (var orphan in orphans)
                File.Delete(store.PathOf(orphan.Digest));
            return orphans;
        }
        finally
        {
            store.Gate.Release();
        }
    }

    /// <summary>What is known of bytes that are gone goes too; a key ends with the digest.</summary>
    private async Task ForgetInspectionsAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.Inspections.Where(inspection => !context.Blobs.Any(blob => blob.Digest == inspection.Key.Substring(inspection.Key.Length - 64)))
            .ExecuteDeleteAsync(cancel);
    }

    /// <summary>Files that were moved to their place just before the process died, without the row that would have followed.</summary>
    private async Task<(int Count, long Bytes)> CollectStrayBlobsAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var (count, bytes) = (0, 0L);
        foreach (var folder in Directory.EnumerateDirectories(paths.Blobs))
        {
            foreach (var files in FolderFiles.Of(folder).Where(file => file.LastWriteTimeUtc < before.UtcDateTime).Chunk(Page))
            {
                await store.Gate.WaitAsync(cancel);
                try
                {
                    await using var context = await contexts.CreateDbContextAsync(cancel);
                    var digests = files.ToDictionary(file => Path.GetFileName(folder) + file.Name, StringComparer.Ordinal);
                    var names = digests.Keys.ToArray();
                    var known = await context.Blobs.Where(blob => names.Contains(blob.Digest)).Select(blob => blob.Digest).ToListAsync(cancel);
                    foreach (var stray in names.Except(known, StringComparer.Ordinal).Select(name => digests[name]))
                    {
                        bytes += stray.Length;
                        count++;
                        stray.Delete();
                    }
                }
                finally
                {
                    store.Gate.Release();
                }
            }
        }

        return (count, bytes);
    }

    private async Task<(int Count, long Bytes)> CollectQuarantineAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var (count, bytes) = (0, 0L);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        foreach (var files in FolderFiles.Of(paths.Quarantine).Where(file => file.LastWriteTimeUtc < before.UtcDateTime).Chunk(Page))
        {
            var names = files.Select(file => file.Name).ToArray();
            var arriving = await context.DraftFiles.Where(file => names.Contains(file.Id)).Select(file => file.Id).ToListAsync(cancel);
            foreach (var stale in files.Where(file => !arriving.Contains(file.Name, StringComparer.Ordinal)))
            {
                bytes += stale.Length;
                count++;
                stale.Delete();
            }
        }

        return (count, bytes);
    }
}
