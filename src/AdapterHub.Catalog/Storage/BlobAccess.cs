using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <summary>Which stored bytes an actor may put into a revision without sending them (again): those that it sent, and those that it may read.</summary>
public static class BlobAccess
{
    private const int Page = 500;

    /// <summary>Lengths by digest of those among <paramref name="digests"/> that are stored and that the actor may use.</summary>
    public static async Task<Dictionary<string, long>> FindUsableAsync(
        CatalogContext context, Actor actor, IEnumerable<string> digests, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        var usable = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var page in digests.Distinct(StringComparer.Ordinal).Chunk(Page))
        {
            var found = await Usable(context, actor).Where(blob => page.Contains(blob.Digest))
                .Select(blob => new { blob.Digest, blob.Length }).ToListAsync(cancel);
            foreach (var blob in found)
                usable[blob.Digest] = blob.Length;
        }

        return usable;
    }

    /// <summary>What lists show it, not what it could read by a link: knowing a digest must not stand in for knowing the link.</summary>
    private static IQueryable<Blob> Usable(CatalogContext context, Actor actor)
    {
        if (actor.IsAdministrator)
            return context.Blobs;
        var user = actor.UserId ?? 0;
        var listed = RepositoryAccess.Listed(context, actor);
        return context.Blobs.Where(blob => context.BlobReceipts.Any(receipt => receipt.Digest == blob.Digest && receipt.UserId == user)
            || context.DraftFiles.Any(file => file.Digest == blob.Digest && file.Draft.UserId == user)
            || context.CommitFiles.Any(file => file.Digest == blob.Digest
                && context.Commits.Any(commit => commit.Key == file.CommitKey && listed.Any(repository => repository.Id == commit.RepositoryId))));
    }
}
