using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Search;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

/// <summary>Copies a repository under another owner: the same commits and blobs, from then on a line of its own.</summary>
public sealed class RepositoryFork(IDbContextFactory<CatalogContext> contexts, RepositoryCatalog repositories, StorageLimitsSource limits, TimeProvider time)
{
    /// <param name="target">Free. A fork of a private repository is private.</param>
    public async Task<RepositoryView> ForkAsync(Actor actor, RepositoryName source, RepositoryName target, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.RequireWrite($"fork {source}");
        var most = await limits(cancel);
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancel);
            var from = await RepositoryAccess.RequireAsync(context, actor, source, AccessRole.Reader, "read", cancel);
            if (from.DeletedAt is not null)
                throw new CatalogException(CatalogFault.Conflict, $"{source} lies in the trash. Restore it first.");
            var fork = await repositories.AddRowAsync(context, actor, new NewRepository(target, from.Kind, from.Visibility), cancel);
            await OwnerQuota.RequireRoomForAsync(context, fork.Owner, from.Id, most, cancel);
            CopyFacts(from, fork);
            await RepositoryCatalog.SaveAsync(context, target, cancel);
            await CopyHistoryAsync(context, from.Id, fork.Id, cancel);
            context.Lineage.Add(new LineageLink
            {
                ChildId = fork.Id,
                Relation = LineageRelation.Fork,
                ParentId = from.Id,
                ParentName = RepositoryName.Of(from.Owner.Name, from.Name).ToString(),
                ParentRevision = (await RevisionReader.FindCommitAsync(context, from.Id, Repository.DefaultBranch, cancel))?.Id,
            });
            AuditLog.Add(context, actor, "repository.fork", target.ToString(), $"from {source}", time.GetUtcNow());
            await context.SaveChangesAsync(cancel);
            await SearchIndex.CopyAsync(context, from.Id, fork.Id, cancel);
            await transaction.CommitAsync(cancel);
        }

        return await repositories.GetAsync(actor, target, cancel);
    }

    private static void CopyFacts(Repository from, Repository fork)
    {
        fork.ForkOfId = from.Id;
        fork.Title = from.Title;
        fork.Summary = from.Summary;
        fork.License = from.License;
        fork.BaseModel = from.BaseModel;
        fork.BaseRepositoryId = from.BaseRepositoryId;
        fork.Method = from.Method;
        fork.Rank = from.Rank;
        fork.Alpha = from.Alpha;
        fork.Targets = from.Targets;
        fork.Parameters = from.Parameters;
        fork.Bytes = from.Bytes;
        fork.Task = from.Task;
        fork.Library = from.Library;
        fork.Languages = from.Languages;
        fork.WeightsDigest = from.WeightsDigest;
    }

    /// <summary>Commits keep their ids; only the keys of their rows are new. Keys grow with age, so a parent's is known before its child's.</summary>
    private static async Task CopyHistoryAsync(CatalogContext context, long from, long to, CancellationToken cancel)
    {
        await context.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO RepositoryTags (RepositoryId, Tag) SELECT {to}, Tag FROM RepositoryTags WHERE RepositoryId = {from};
             INSERT INTO Commits (Id, RepositoryId, ParentKey, AuthorId, AuthorName, Title, Message, CreatedAt)
                 SELECT Id, {to}, NULL, AuthorId, AuthorName, Title, Message, CreatedAt FROM Commits WHERE RepositoryId = {from} ORDER BY Key;
             UPDATE Commits SET ParentKey = (
                     SELECT mine.Key FROM Commits theirs JOIN Commits parent ON parent.Key = theirs.ParentKey
                         JOIN Commits mine ON mine.RepositoryId = {to} AND mine.Id = parent.Id
                     WHERE theirs.RepositoryId = {from} AND theirs.Id = Commits.Id)
                 WHERE RepositoryId = {to};
             INSERT INTO CommitFiles (CommitKey, Path, Digest, Length)
                 SELECT mine.Key, f.Path, f.Digest, f.Length FROM Commits theirs JOIN Commits mine ON mine.RepositoryId = {to} AND mine.Id = theirs.Id
                     JOIN CommitFiles f ON f.CommitKey = theirs.Key WHERE theirs.RepositoryId = {from};
             INSERT INTO "References" (RepositoryId, Kind, Name, CommitKey)
                 SELECT {to}, r.Kind, r.Name, mine.Key FROM "References" r JOIN Commits theirs ON theirs.Key = r.CommitKey
                     JOIN Commits mine ON mine.RepositoryId = {to} AND mine.Id = theirs.Id WHERE r.RepositoryId = {from};
             INSERT INTO Lineage (ChildId, Relation, ParentId, ParentName, ParentRevision, Weight)
                 SELECT {to}, Relation, ParentId, ParentName, ParentRevision, Weight FROM Lineage
                     WHERE ChildId = {from} AND Relation <> {(int)LineageRelation.Fork};
             """, cancel);
    }
}
