using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Search;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats.Inspection;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>Writes one planned revision within its caller's transaction.</summary>
internal sealed class RevisionWriter(CatalogContext context, BlobStore store, Actor actor, DateTimeOffset now)
{
    public async Task<PublishedCommit> WriteAsync(
        Repository row, CommitPlan plan, RevisionReport report, CommitRequest request, StorageLimits limits, CancellationToken cancel)
    {
        await RequireRoomAsync(row, plan, limits, cancel);
        var commit = MakeCommit(row, plan, CommitMessage.Of(request));
        context.Commits.Add(commit);
        await context.SaveChangesAsync(cancel);
        await MoveBranchAsync(row, request.Branch, commit.Key, cancel);
        row.UpdatedAt = now;
        if (request.Branch == Repository.DefaultBranch)
            await DescribeAsync(row, plan, report, cancel);
        AuditLog.Add(context, actor, "repository.commit", $"{row.Owner.Name}/{row.Name}", $"{request.Branch} to {commit.Id}: {commit.Title}", now);
        await context.SaveChangesAsync(cancel);
        if (request.Branch == Repository.DefaultBranch)
            await SearchIndex.UpdateAsync(context, row.Id, report.Card.Body, cancel);
        return new PublishedCommit(row.Id, commit.Id, plan.Head?.Id, request.Branch, commit.CreatedAt, true, report.Lines(FindingSeverity.Warning));
    }

    private async Task DescribeAsync(Repository row, CommitPlan plan, RevisionReport report, CancellationToken cancel)
    {
        RevisionFacts.Write(row, plan.Tree.Files, report);
        await context.RepositoryTags.Where(tag => tag.RepositoryId == row.Id).ExecuteDeleteAsync(cancel);
        context.RepositoryTags.AddRange(RevisionFacts.TagsOf(report.Card).Select(tag => new RepositoryTag { RepositoryId = row.Id, Tag = tag }));
        await new Lineage(context, actor, row).WriteAsync(plan.Tree.Files, report, store, cancel);
        if (row.Kind == RepositoryKind.BaseModel && plan.Head is null)
            await AdoptAsync(row, cancel);
    }

    /// <summary>Adapters that named this base before it was here find it now: those of its owner, and everybody's if everybody may see it.</summary>
    private async Task AdoptAsync(Repository row, CancellationToken cancel)
    {
        var names = new[] { row.Name, $"{row.Owner.Name}/{row.Name}" };
        var isShared = row.Visibility != RepositoryVisibility.Private;
        var children = context.Repositories.Where(r => r.BaseRepositoryId == null && r.Id != row.Id && (isShared || r.OwnerId == row.OwnerId)
            && r.BaseModel != null && names.Contains(r.BaseModel));
        await context.Lineage.Where(link => link.Relation == LineageRelation.BaseModel && link.ParentId == null && names.Contains(link.ParentName)
            && children.Any(child => child.Id == link.ChildId)).ExecuteUpdateAsync(set => set.SetProperty(link => link.ParentId, row.Id), cancel);
        await children.ExecuteUpdateAsync(set => set.SetProperty(r => r.BaseRepositoryId, row.Id), cancel);
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
