using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <summary>What a check of the whole catalogue found.</summary>
/// <param name="Commits">Revisions looked at.</param>
/// <param name="Blobs">Blobs looked at.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">One sentence each; empty when everything is whole. The first thousand.</param>
public sealed record CatalogCheckReport(int Commits, int Blobs, long Bytes, IReadOnlyList<string> Problems)
{
    public bool IsWhole => Problems.Count == 0;
}

/// <summary>
/// Looks whether everything that the catalogue shows is there and is what it says: every blob's bytes against its digest, every revision
/// against its id, every branch. For administrators after a disk failed or a backup came back, and for the tests that kill the hub.
/// </summary>
public sealed class CatalogCheck(IDbContextFactory<CatalogContext> contexts, BlobStore store)
{
    private const int MostProblems = 1000;
    private const int Page = 200;

    /// <param name="readBytes">Whether every blob is read and hashed; otherwise only its length is compared.</param>
    public async Task<CatalogCheckReport> RunAsync(Actor actor, bool readBytes, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.IsAdministrator)
            throw new CatalogException(CatalogFault.Forbidden, "Only administrators check the whole catalogue.");
        var problems = new List<string>();
        var (blobs, bytes) = await CheckBlobsAsync(readBytes, problems, cancel);
        var commits = await CheckCommitsAsync(problems, cancel);
        await CheckReferencesAsync(problems, cancel);
        return new CatalogCheckReport(commits, blobs, bytes, problems.Count <= MostProblems ? problems : problems[..MostProblems]);
    }

    private async Task<(int Count, long Bytes)> CheckBlobsAsync(bool readBytes, List<string> problems, CancellationToken cancel)
    {
        var (count, bytes, last) = (0, 0L, "");
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            var page = await context.Blobs.AsNoTracking().Where(blob => string.Compare(blob.Digest, last) > 0).OrderBy(blob => blob.Digest).Take(Page).ToListAsync(cancel);
            foreach (var blob in page)
            {
                if (await FindProblemAsync(blob, readBytes, cancel) is { } problem)
                    problems.Add($"The blob {blob.Digest} {problem}.");
                bytes += blob.Length;
            }

            count += page.Count;
            if (page.Count < Page)
                return (count, bytes);
            last = page[^1].Digest;
        }
    }

    private async Task<string?> FindProblemAsync(Blob blob, bool readBytes, CancellationToken cancel)
    {
        if (!BlobStore.IsDigest(blob.Digest))
            return "is called by what is no digest";
        var file = new FileInfo(store.PathOf(blob.Digest));
        if (!file.Exists)
            return "has no file";
        if (file.Length != blob.Length)
            return $"has {file.Length} bytes on the disk and {blob.Length} in the catalogue";
        if (!readBytes)
            return null;
        await using var stream = store.OpenRead(blob.Digest);
        var (digest, gitOid) = await ContentHash.OfAsync(stream, blob.Length, cancel);
        if (digest != blob.Digest)
            return $"holds other bytes, with the digest {digest}";
        return gitOid == blob.GitOid ? null : $"has the git id {gitOid}, and {blob.GitOid} in the catalogue";
    }

    private async Task<int> CheckCommitsAsync(List<string> problems, CancellationToken cancel)
    {
        var (count, last) = (0, 0L);
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            var page = await context.Commits.AsNoTracking().Include(commit => commit.Parent).Include(commit => commit.Files).ThenInclude(file => file.Blob)
                .Where(commit => commit.Key > last).OrderBy(commit => commit.Key).Take(Page).ToListAsync(cancel);
            foreach (var commit in page)
                CheckCommit(commit, problems);
            count += page.Count;
            if (page.Count < Page)
                return count;
            last = page[^1].Key;
        }
    }

    private static void CheckCommit(Commit commit, List<string> problems)
    {
        var name = $"The revision {commit.Id} of repository {commit.RepositoryId}";
        if (commit.Parent is { } parent && parent.RepositoryId != commit.RepositoryId)
            problems.Add($"{name} has a parent in repository {parent.RepositoryId}.");
        foreach (var file in commit.Files)
        {
            if (file.Blob is null)
                problems.Add($"{name} lacks the blob {file.Digest} of {TreePath.Printable(file.Path)}.");
            else if (file.Blob.Length != file.Length)
                problems.Add($"{name} says {TreePath.Printable(file.Path)} has {file.Length} bytes, and its blob has {file.Blob.Length}.");
            if (TreePath.FindFault(file.Path) is { } fault)
                problems.Add($"{name} holds a path that is not allowed: {fault}.");
        }

        if (CommitIdentity.Compute(commit, commit.Parent?.Id) is var id && id != commit.Id)
            problems.Add($"{name} has content with the id {id}.");
    }

    private async Task CheckReferencesAsync(List<string> problems, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var astray = await context.References.Where(reference => reference.Commit.RepositoryId != reference.RepositoryId)
            .Select(reference => new { reference.RepositoryId, reference.Name }).Take(MostProblems).ToListAsync(cancel);
        problems.AddRange(astray.Select(reference => $"The branch or tag {reference.Name} of repository {reference.RepositoryId} leads to another repository."));
        var absent = await context.DraftFiles.Where(file => file.Digest != null && !context.Blobs.Any(blob => blob.Digest == file.Digest))
            .Select(file => new { file.DraftId, file.Path }).Take(MostProblems).ToListAsync(cancel);
        problems.AddRange(absent.Select(file => $"The draft {file.DraftId} lacks the blob of {TreePath.Printable(file.Path)}."));
    }
}
