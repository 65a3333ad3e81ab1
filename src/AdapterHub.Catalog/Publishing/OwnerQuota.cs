using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// How much an owner stores: the bytes of all revisions of all its repositories, those in the trash too, each blob once. Two owners who hold
/// the same file are counted both, so that nobody's quota depends on what others do.
/// </summary>
public static class OwnerQuota
{
    /// <summary>Bytes that count towards the owner's quota.</summary>
    public static Task<long> UsedAsync(CatalogContext context, long ownerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.SqlQuery<long>($"""
            SELECT COALESCE(SUM("Length"), 0) AS "Value" FROM (
                SELECT DISTINCT f."Digest", f."Length" FROM "Repositories" r
                    JOIN "Commits" c ON c."RepositoryId" = r."Id" JOIN "CommitFiles" f ON f."CommitKey" = c."Key"
                    WHERE r."OwnerId" = {ownerId}) AS held
            """).SingleAsync(cancel);
    }

    /// <summary>Throws QuotaExceeded unless the owner may hold these blobs too.</summary>
    /// <param name="lengths">Lengths by digest; those that the owner holds already cost nothing.</param>
    public static async Task RequireRoomAsync(
        CatalogContext context, Owner owner, IReadOnlyDictionary<string, long> lengths, StorageLimits limits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(limits);
        if ((owner.QuotaBytes ?? limits.QuotaBytes) is not { } quota || lengths.Count == 0)
            return;
        var added = lengths.Sum(blob => blob.Value);
        foreach (var page in lengths.Keys.Chunk(500))
        {
            var held = await context.CommitFiles.Where(file => page.Contains(file.Digest)
                    && context.Commits.Any(commit => commit.Key == file.CommitKey && commit.Repository.OwnerId == owner.Id))
                .Select(file => file.Digest).Distinct().ToListAsync(cancel);
            added -= held.Sum(digest => lengths[digest]);
        }

        if (added <= 0)
            return;
        var used = await UsedAsync(context, owner.Id, cancel);
        if (used + added > quota)
        {
            throw new CatalogException(CatalogFault.QuotaExceeded, $"{owner.Name} stores {ByteText.Of(used)} of its {ByteText.Of(quota)}, and this adds "
                + $"{ByteText.Of(added)}. Delete for good what is not needed any more, or ask an administrator for a greater quota.");
        }
    }

    /// <summary>Throws QuotaExceeded unless the owner may hold all revisions of a repository that is not theirs yet.</summary>
    internal static async Task RequireRoomForAsync(CatalogContext context, Owner owner, long repositoryId, StorageLimits limits, CancellationToken cancel)
    {
        var files = await context.CommitFiles.Where(file => context.Commits.Any(commit => commit.Key == file.CommitKey && commit.RepositoryId == repositoryId))
            .Select(file => new { file.Digest, file.Length }).Distinct().ToListAsync(cancel);
        await RequireRoomAsync(context, owner, files.ToDictionary(file => file.Digest, file => file.Length, StringComparer.Ordinal), limits, cancel);
    }

    /// <summary>
    /// Throws QuotaExceeded when a person has sent a whole quota of bytes that no revision uses: sending without ever publishing would
    /// otherwise fill the disk.
    /// </summary>
    internal static async Task RequireRoomForUploadsAsync(CatalogContext context, long userId, StorageLimits limits, CancellationToken cancel)
    {
        var owner = await context.Users.Where(user => user.Id == userId).Select(user => new { user.Owner.QuotaBytes }).SingleOrDefaultAsync(cancel);
        if ((owner?.QuotaBytes ?? limits.QuotaBytes) is not { } quota)
            return;
        var waiting = await context.BlobReceipts.Where(receipt => receipt.UserId == userId && !context.CommitFiles.Any(file => file.Digest == receipt.Digest))
            .SumAsync(receipt => receipt.Blob.Length, cancel);
        if (waiting > quota)
        {
            throw new CatalogException(CatalogFault.QuotaExceeded, $"You have sent {ByteText.Of(waiting)} that no revision uses, more than your quota of "
                + $"{ByteText.Of(quota)}. Publish or throw away your drafts; what nothing uses is collected after a day.");
        }
    }
}
