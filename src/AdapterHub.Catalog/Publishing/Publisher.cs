using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// The one way by which a revision comes into the catalogue. The blobs are there first; commit, branch, facts, lineage, search index and audit
/// entry follow in one transaction, so that a revision is visible with all that belongs to it or not at all.
/// </summary>
public sealed class Publisher(
    IDbContextFactory<CatalogContext> contexts, RepositoryCatalog repositories, StorageLimitsSource limits, CatalogChanges changes, TimeProvider time)
{
    /// <summary>How often a commit without an expected parent starts again because another one came between.</summary>
    private const int MostAttempts = 8;

    /// <summary>Adds a revision to a repository. Asked for again with the same content, it answers with the revision that is there.</summary>
    /// <exception cref="CatalogException">
    /// NotFound, Forbidden, SignInRequired; Invalid with every fault; Conflict when the parent is not the expected one; QuotaExceeded.
    /// </exception>
    public async Task<PublishedCommit> CommitAsync(Actor actor, RepositoryName name, CommitRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(request);
        _ = CommitMessage.Of(request);
        for (var attempt = 1; ; attempt++)
        {
            var plan = await PlanAsync(actor, name, request, cancel);
            if (plan.Done is { } done)
                return new PublishedCommit(plan.Repository.Id, done.Id, done.Parent?.Id, request.Branch, done.CreatedAt, false, []);
            if (await WriteAsync(actor, name, plan, request, cancel) is not { } published)
            {
                if (attempt < MostAttempts)
                    continue;
                throw new CatalogException(CatalogFault.Busy, $"{name} is being changed by others all the time; try again in a moment.");
            }

            changes.Publish(new CatalogChange(CatalogChangeKind.Committed, published.RepositoryId));
            return published;
        }
    }

    /// <summary>Makes a repository with its first revision: both are there afterwards, or neither.</summary>
    public async Task<PublishedCommit> CreateAsync(Actor actor, NewRepository repository, CommitRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(request);
        actor.RequireWrite("create a repository");
        if (request.Branch != Repository.DefaultBranch)
            throw new CatalogException(CatalogFault.Invalid, $"The first revision goes to {Repository.DefaultBranch}.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await repositories.AddRowAsync(context, actor, repository, cancel);
        await RepositoryCatalog.SaveAsync(context, repository.Name, cancel);
        var plan = await CommitPlan.MakeAsync(context, actor, row, request, cancel);
        AuditLog.Add(context, actor, "repository.create", repository.Name.ToString(), $"{repository.Kind}, {repository.Visibility}", time.GetUtcNow());
        var published = await new RevisionWriter(context, actor, time.GetUtcNow()).WriteAsync(row, plan, request, await limits(cancel), cancel);
        await transaction.CommitAsync(cancel);
        changes.Publish(new CatalogChange(CatalogChangeKind.Created, row.Id));
        return published;
    }

    private async Task<CommitPlan> PlanAsync(Actor actor, RepositoryName name, CommitRequest request, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RequireAsync(context, actor, name, cancel);
        return await CommitPlan.MakeAsync(context, actor, row, request, cancel);
    }

    /// <summary>Null when the branch moved since the plan was made.</summary>
    private async Task<PublishedCommit?> WriteAsync(Actor actor, RepositoryName name, CommitPlan plan, CommitRequest request, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await RequireAsync(context, actor, name, cancel);
        var head = await context.References.AsNoTracking()
            .Where(r => r.RepositoryId == row.Id && r.Kind == ReferenceKind.Branch && r.Name == request.Branch)
            .Select(r => (long?)r.CommitKey).SingleOrDefaultAsync(cancel);
        if (row.Id != plan.Repository.Id || head != plan.Head?.Key)
            return null;
        try
        {
            var published = await new RevisionWriter(context, actor, time.GetUtcNow()).WriteAsync(row, plan, request, await limits(cancel), cancel);
            await transaction.CommitAsync(cancel);
            return published;
        }
        catch (DbUpdateException gone) when (gone.InnerException is SqliteException { SqliteErrorCode: 19 })
        {
            // A blob of the plan was collected between the plan and here; the next plan names it.
            return null;
        }
    }

    private static async Task<Repository> RequireAsync(CatalogContext context, Actor actor, RepositoryName name, CancellationToken cancel)
    {
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Writer, "publish to", cancel);
        return row.DeletedAt is null ? row : throw new CatalogException(CatalogFault.Conflict, $"{name} lies in the trash. Restore it first.");
    }
}
