using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Catalog.Publishing;

/// <summary>Writes one planned revision within its caller's transaction.</summary>
internal sealed class RevisionWriter(CatalogContext context, Actor actor, DateTimeOffset now)
{
    public async Task<PublishedCommit> WriteAsync(Repository row, CommitPlan plan, CommitRequest request, StorageLimits limits, CancellationToken cancel)
    {
        await RequireRoomAsync(row, plan, limits, cancel);
        var commit = MakeCommit(row, plan, CommitMessage.Of(request));
        context.Commits.Add(commit);
        await context.SaveChangesAsync(cancel);
        await MoveBranchAsync(row, request.Branch, commit.Key, cancel);
        row.UpdatedAt = now;
        if (request.Branch == Repository.DefaultBranch)
            row.Bytes = plan.Tree.Files.Sum(file => file.Length);
        AuditLog.Add(context, actor, "repository.commit", $"{row.Owner.Name}/{row.Name}", $"{request.Branch} to {commit.Id}: {commit.Title}", now);
        await context.SaveChangesAsync(cancel);
        return new PublishedCommit(row.Id, commit.Id, plan.Head?.Id, request.Branch, commit.CreatedAt, true, []);
    }

    private Commit MakeCommit(Repository row, CommitPlan plan, CommitMessage message)
    {
        // Stored in milliseconds, so the id must be of the time as it will be read back.
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var commit = new Commit
        {
            Id = CommitIdentity.Compute(plan.Head?.Id, actor.Name, message.Whole, at, plan.Tree.Files),
            RepositoryId = row.Id,
            ParentKey = plan.Head?.Key,
            AuthorId = actor.UserId,
            AuthorName = actor.Name,
            Title = message.Title,
            Message = message.Rest,
            CreatedAt = at,
        };
        commit.Files.AddRange(plan.Tree.Files.Select(file => new CommitFile { Path = file.Path, Digest = file.Digest, Length = file.Length }));
        return commit;
    }

    private async Task RequireRoomAsync(Repository row, CommitPlan plan, StorageLimits limits, CancellationToken cancel)
    {
        var before = (plan.Head?.Files ?? []).Select(file => file.Digest).ToHashSet(StringComparer.Ordinal);
        var added = plan.Tree.Files.Where(file => !before.Contains(file.Digest))
            .GroupBy(file => file.Digest).ToDictionary(group => group.Key, group => group.First().Length, StringComparer.Ordinal);
        await OwnerQuota.RequireRoomAsync(context, row.Owner, added, limits, cancel);
    }

    private async Task MoveBranchAsync(Repository row, string branch, long commitKey, CancellationToken cancel)
    {
        if (await context.References.FindAsync([row.Id, ReferenceKind.Branch, branch], cancel) is { } reference)
            reference.CommitKey = commitKey;
        else
            context.References.Add(new Reference { RepositoryId = row.Id, Kind = ReferenceKind.Branch, Name = branch, CommitKey = commitKey });
    }
}
