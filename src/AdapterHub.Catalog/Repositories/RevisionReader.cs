using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

/// <summary>What is in repositories: revisions, their files, branches and tags.</summary>
public sealed partial class RevisionReader(IDbContextFactory<CatalogContext> contexts, TimeProvider time)
{
    /// <param name="revision">A branch, a tag or a commit id of 40 hex digits; null for the default branch.</param>
    public async Task<RevisionView> GetRevisionAsync(Actor actor, RepositoryName name, string? revision, CancellationToken cancel) =>
        await FindRevisionAsync(actor, name, revision, cancel) ?? throw CatalogException.NotFound($"The revision {revision ?? Repository.DefaultBranch} of {name}");

    /// <summary>Null when the repository has no such revision, as an empty one has none; throws NotFound when there is no such repository.</summary>
    public async Task<RevisionView?> FindRevisionAsync(Actor actor, RepositoryName name, string? revision, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        var commit = await FindCommitAsync(context, row.Id, revision ?? Repository.DefaultBranch, cancel);
        if (commit is null)
            return null;
        var files = await context.CommitFiles.Where(file => file.CommitKey == commit.Key).OrderBy(file => file.Path)
            .Select(file => new FileView(file.Path, file.Length, file.Digest, file.Blob.GitOid)).ToListAsync(cancel);
        return new RevisionView(row.Id, RepositoryName.Of(row.Owner.Name, row.Name), View(commit), files);
    }

    /// <summary>The commit and its ancestors, newest first.</summary>
    /// <param name="skip">How many of the newest to leave out.</param>
    /// <param name="limit">At most so many.</param>
    public async Task<IReadOnlyList<CommitView>> ListCommitsAsync(
        Actor actor, RepositoryName name, string? revision, int skip, int limit, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        var start = await FindCommitAsync(context, row.Id, revision ?? Repository.DefaultBranch, cancel);
        if (start is null)
            return revision is null ? [] : throw CatalogException.NotFound($"The revision {revision} of {name}");
        var line = await context.Commits.FromSql(
            $"""
             WITH RECURSIVE line(Key, Depth) AS (
                 SELECT {start.Key}, 0
                 UNION ALL
                 SELECT c.ParentKey, Depth + 1 FROM line JOIN Commits c ON c.Key = line.Key WHERE c.ParentKey IS NOT NULL AND Depth < {skip + limit})
             SELECT c.* FROM line JOIN Commits c ON c.Key = line.Key WHERE line.Depth >= {skip} AND line.Depth < {skip + limit}
             """).AsNoTracking().Include(c => c.Parent).ToListAsync(cancel);
        return [.. line.OrderByDescending(commit => commit.Key).Select(View)];
    }

    public async Task<IReadOnlyList<ReferenceView>> ListReferencesAsync(Actor actor, RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        return await context.References.Where(r => r.RepositoryId == row.Id).OrderBy(r => r.Kind).ThenBy(r => r.Name)
            .Select(r => new ReferenceView(r.Kind, r.Name, r.Commit.Id, r.Commit.CreatedAt)).ToListAsync(cancel);
    }

    /// <summary>Makes a branch or a tag at a revision.</summary>
    public async Task CreateReferenceAsync(Actor actor, RepositoryName name, ReferenceKind kind, string reference, string? revision, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Writer, $"make a {Word(kind)} in", cancel);
        if (!ReferenceNames.IsValid(reference))
            throw new CatalogException(CatalogFault.Invalid, $"\"{reference}\" is no name for a {Word(kind)}: {ReferenceNames.Rules}");
        var commit = await FindCommitAsync(context, row.Id, revision ?? Repository.DefaultBranch, cancel)
            ?? throw CatalogException.NotFound($"The revision {revision ?? Repository.DefaultBranch} of {name}");
        if (await context.References.AnyAsync(r => r.RepositoryId == row.Id && r.Name == reference, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"{name} has a branch or tag \"{reference}\" already.");
        context.References.Add(new Reference { RepositoryId = row.Id, Kind = kind, Name = reference, CommitKey = commit.Key });
        AuditLog.Add(context, actor, $"repository.{Word(kind)}.create", name.ToString(), $"{reference} at {commit.Id}", time.GetUtcNow());
        await RepositoryCatalog.SaveAsync(context, name, cancel);
    }

    /// <summary>Removes a branch or a tag; the default branch stays.</summary>
    public async Task DeleteReferenceAsync(Actor actor, RepositoryName name, ReferenceKind kind, string reference, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Writer, $"remove a {Word(kind)} of", cancel);
        if (kind == ReferenceKind.Branch && string.Equals(reference, Repository.DefaultBranch, StringComparison.Ordinal))
            throw new CatalogException(CatalogFault.Conflict, $"{Repository.DefaultBranch} is the default branch of {name} and stays.");
        var found = await context.References.SingleOrDefaultAsync(r => r.RepositoryId == row.Id && r.Kind == kind && r.Name == reference, cancel)
            ?? throw CatalogException.NotFound($"The {Word(kind)} {reference} of {name}");
        context.References.Remove(found);
        AuditLog.Add(context, actor, $"repository.{Word(kind)}.delete", name.ToString(), reference, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
    }

    /// <summary>The paths in which two revisions differ.</summary>
    public async Task<IReadOnlyList<FileDifference>> CompareAsync(Actor actor, RepositoryName name, string from, string to, CancellationToken cancel)
    {
        var before = (await GetRevisionAsync(actor, name, from, cancel)).Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var after = (await GetRevisionAsync(actor, name, to, cancel)).Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return [.. from path in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                   let old = before.GetValueOrDefault(path)
                   let now = after.GetValueOrDefault(path)
                   where old?.Digest != now?.Digest
                   select new FileDifference(path, old is null ? FileChangeKind.Added : now is null ? FileChangeKind.Removed : FileChangeKind.Changed, old, now)];
    }

    /// <summary>A branch first, then a tag, then a commit: a name of 40 hex digits cannot be given to a branch.</summary>
    internal static async Task<Commit?> FindCommitAsync(CatalogContext context, long repositoryId, string revision, CancellationToken cancel) =>
        ReferenceNames.IsCommitId(revision)
            ? await context.Commits.Include(c => c.Parent).SingleOrDefaultAsync(c => c.RepositoryId == repositoryId && c.Id == revision, cancel)
            : await context.Commits.Include(c => c.Parent).SingleOrDefaultAsync(
                c => context.References.Any(r => r.CommitKey == c.Key && r.RepositoryId == repositoryId && r.Name == revision), cancel);

    internal static CommitView View(Commit commit) =>
        new(commit.Id, commit.Title, commit.Message, commit.AuthorName, commit.CreatedAt, commit.Parent?.Id);

    private static string Word(ReferenceKind kind) => kind == ReferenceKind.Tag ? "tag" : "branch";
}
