using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>Which repositories, of those that lists show to the actor, hold a file of a digest.</summary>
internal static class FileHolders
{
    /// <summary>Revisions that are looked at; a file that more hold is known well enough.</summary>
    private const int MostRevisions = 2000;

    internal sealed record Found(
        long Id, string Owner, string Name, RepositoryKind Kind, string Path, string Digest, long Length, string Revision, bool IsCurrent);

    internal static async Task<List<FileHolder>> ReadAsync(CatalogContext context, Actor actor, string digest, int most, CancellationToken cancel)
    {
        var rows = await Query(context, actor, digest).ToListAsync(cancel);
        return [.. rows.GroupBy(row => (row.Id, row.Path, row.Digest))
            .Select(group => group.FirstOrDefault(row => row.IsCurrent) ?? group.First())
            .OrderByDescending(row => row.IsCurrent).ThenBy(row => row.Id).ThenBy(row => row.Path, StringComparer.Ordinal).Take(most)
            .Select(row => new FileHolder($"{row.Owner}/{row.Name}", row.Kind, row.Path, row.Digest, row.Length, row.Revision, row.IsCurrent))];
    }

    internal static IQueryable<Found> Query(CatalogContext context, Actor actor, string digest)
    {
        // Hex digits all come before "g", so this is the range of digests that begin so, in the order of the index.
        var (first, last) = (digest, digest + "g");
        return (
            from file in context.CommitFiles.AsNoTracking()
            where string.Compare(file.Digest, first) >= 0 && string.Compare(file.Digest, last) < 0
            join commit in context.Commits on file.CommitKey equals commit.Key
            join repository in RepositoryAccess.Listed(context, actor) on commit.RepositoryId equals repository.Id
            orderby commit.Key descending
            select new Found(repository.Id, repository.Owner.Name, repository.Name, repository.Kind, file.Path, file.Digest, file.Length, commit.Id,
                context.References.Any(reference => reference.RepositoryId == repository.Id && reference.Kind == ReferenceKind.Branch
                    && reference.Name == Repository.DefaultBranch && reference.CommitKey == commit.Key)))
            .Take(MostRevisions);
    }
}
