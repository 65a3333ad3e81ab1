using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>What a commit would make of a repository as it was when it was looked at.</summary>
/// <param name="Repository">Its row, with its owner.</param>
/// <param name="Head">The branch's commit with its files and its parent; null for an empty repository.</param>
/// <param name="Tree">The tree to be.</param>
/// <param name="Done">The commit that is there already and is what was asked for; null when one has to be made.</param>
internal sealed record CommitPlan(Repository Repository, Commit? Head, RevisionTree Tree, Commit? Done)
{
    public static async Task<CommitPlan> MakeAsync(
        CatalogContext context, Actor actor, Repository repository, CommitRequest request, CancellationToken cancel)
    {
        var head = await FindHeadAsync(context, repository.Id, request.Branch, cancel);
        if (head is null && request.Branch != Repository.DefaultBranch)
            throw CatalogException.NotFound($"The branch {TreePath.Printable(request.Branch)} of {repository.Owner.Name}/{repository.Name}");
        var before = TreeOf(head);
        var lengths = await BlobAccess.FindUsableAsync(context, actor, request.Files.Select(file => file.Digest).OfType<string>(), cancel);
        foreach (var file in before.Files)
            lengths[file.Digest] = file.Length;
        if (request.ExpectedParent is { } expected && expected != head?.Id)
            return await RepeatedAsync(context, repository, head, request, lengths, cancel);
        var faults = new List<string>();
        var tree = before.Apply(request.Files, request.ReplacesTree, lengths, faults);
        if (faults.Count > 0)
            throw Refuse(faults);
        return new CommitPlan(repository, head, tree, head is not null && tree.IsSameAs(before) ? head : null);
    }

    public static Task<Commit?> FindHeadAsync(CatalogContext context, long repositoryId, string branch, CancellationToken cancel) =>
        context.Commits.AsNoTracking().Include(commit => commit.Files).Include(commit => commit.Parent).SingleOrDefaultAsync(
            commit => context.References.Any(r => r.CommitKey == commit.Key && r.RepositoryId == repositoryId
                && r.Kind == ReferenceKind.Branch && r.Name == branch), cancel);

    public static CatalogException Refuse(IReadOnlyList<string> faults) => new(CatalogFault.Invalid,
        faults.Count == 1 ? faults[0] : $"{faults.Count} things are wrong with the files: {faults[0]} And more.", faults);

    private static RevisionTree TreeOf(Commit? commit) =>
        new((commit?.Files ?? []).Select(file => new TreeFile(file.Path, file.Digest, file.Length)));

    /// <summary>
    /// The head is not the expected one. A client whose answer was lost sends the same request again, and then the head is what that request
    /// made of the expected parent; otherwise somebody else was faster.
    /// </summary>
    private static async Task<CommitPlan> RepeatedAsync(CatalogContext context, Repository repository, Commit? head, CommitRequest request,
        IReadOnlyDictionary<string, long> lengths, CancellationToken cancel)
    {
        if (head?.Parent is { } parent && parent.Id == request.ExpectedParent && CommitIdentity.WholeMessage(head) == CommitMessage.Of(request).Whole)
        {
            var files = await context.CommitFiles.AsNoTracking().Where(file => file.CommitKey == parent.Key).ToListAsync(cancel);
            var faults = new List<string>();
            var tree = new RevisionTree(files.Select(file => new TreeFile(file.Path, file.Digest, file.Length)))
                .Apply(request.Files, request.ReplacesTree, lengths, faults);
            if (faults.Count == 0 && tree.IsSameAs(TreeOf(head)))
                return new CommitPlan(repository, head, tree, head);
        }

        throw new CatalogException(CatalogFault.Conflict, $"{repository.Owner.Name}/{repository.Name} changed meanwhile: {request.Branch} is at "
            + $"{head?.Id ?? "no revision"} and your changes were made against {TreePath.Printable(request.ExpectedParent!)}. Look at what is new, and publish again.");
    }
}

/// <summary>A message as it is stored: its first line, and the rest where there is more.</summary>
internal readonly record struct CommitMessage(string Title, string? Rest)
{
    public string Whole => Rest is null ? Title : $"{Title}\n{Rest}";

    /// <summary>Throws Invalid for one that is empty or too long.</summary>
    public static CommitMessage Of(CommitRequest request)
    {
        var text = request.Message.ReplaceLineEndings("\n").Trim();
        if (text.Length == 0)
            throw new CatalogException(CatalogFault.Invalid, "Say in a few words what this revision changes.");
        if (text.Length > CommitRequest.LongestMessage)
            throw new CatalogException(CatalogFault.Invalid, $"The message has {text.Length} characters, and {CommitRequest.LongestMessage} are allowed.");
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var title = (end < 0 ? text : text[..end]).TrimEnd();
        if (title.Length > CommitRequest.LongestTitle)
        {
            throw new CatalogException(CatalogFault.Invalid, $"The first line of the message has {title.Length} characters, and "
                + $"{CommitRequest.LongestTitle} are allowed; put the rest below it.");
        }

        return new CommitMessage(title, end < 0 ? null : text[(end + 1)..]);
    }
}
