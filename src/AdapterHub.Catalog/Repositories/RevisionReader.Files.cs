using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

public sealed partial class RevisionReader
{
    /// <summary>One file of a revision, without reading the rest of its tree.</summary>
    /// <param name="revision">A branch, a tag or a commit id; null for the default branch.</param>
    /// <param name="path">Exactly as the revision has it; there is no other way to name a file, so nothing outside can be named.</param>
    public async Task<RevisionFile> GetFileAsync(Actor actor, RepositoryName name, string? revision, string path, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        var commit = await FindCommitAsync(context, row.Id, revision ?? Repository.DefaultBranch, cancel)
            ?? throw CatalogException.NotFound($"The revision {revision ?? Repository.DefaultBranch} of {name}");
        var file = await context.CommitFiles.Where(file => file.CommitKey == commit.Key && file.Path == path)
            .Select(file => new FileView(file.Path, file.Length, file.Digest, file.Blob.GitOid)).SingleOrDefaultAsync(cancel)
            ?? throw CatalogException.NotFound($"The file {path} in {name} at {revision ?? Repository.DefaultBranch}");
        return View(row, commit, file);
    }

    /// <summary>Bytes by their digest, if any revision of the repository has them; the newest such revision is named.</summary>
    public async Task<RevisionFile> GetBlobAsync(Actor actor, RepositoryName name, string digest, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "read", cancel);
        var found = await (from file in context.CommitFiles
                           join commit in context.Commits on file.CommitKey equals commit.Key
                           where commit.RepositoryId == row.Id && file.Digest == digest
                           orderby commit.Key descending, file.Path
                           select new { Commit = commit, File = new FileView(file.Path, file.Length, file.Digest, file.Blob.GitOid) })
            .AsNoTracking().FirstOrDefaultAsync(cancel)
            ?? throw CatalogException.NotFound($"A file with the digest {digest} in {name}");
        return View(row, found.Commit, found.File);
    }

    private static RevisionFile View(Repository row, Commit commit, FileView file) =>
        new(row.Id, RepositoryName.Of(row.Owner.Name, row.Name), row.Kind, row.Visibility, commit.Id, commit.CreatedAt, file);
}
