using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats.Inspection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// The one way by which a revision comes into the catalogue. The blobs are there first; commit, branch, facts, lineage, search index and audit
/// entry follow in one transaction, so that a revision is visible with all that belongs to it or not at all.
/// </summary>
public sealed class Publisher(
    IDbContextFactory<CatalogContext> contexts, RepositoryCatalog repositories, BlobStore store, RevisionChecks checks, StorageLimitsSource limits,
    CatalogChanges changes, TimeProvider time)
{
    /// <summary>How often a commit without an expected parent starts again because another one came between.</summary>
    private const int MostAttempts = 8;

    /// <summary>Adds a revision to a repository. Asked for again with the same content, it answers with the revision that is there.</summary>
    /// <exception cref="CatalogException">
    /// NotFound, Forbidden, SignInRequired; Invalid with every fault; Conflict when the parent is not the expected one; QuotaExceeded.
    /// </exception>
    public Task<PublishedCommit> CommitAsync(Actor actor, RepositoryName name, CommitRequest request, CancellationToken cancel = default) =>
        CommitAsync(actor, name, request, null, cancel);

    /// <summary>Makes a repository with its first revision: both are there afterwards, or neither.</summary>
    public Task<PublishedCommit> CreateAsync(Actor actor, NewRepository repository, CommitRequest request, CancellationToken cancel = default) =>
        CreateAsync(actor, repository, request, null, cancel);

    /// <param name="also">What else is done in the transaction of the revision, or after it was found to be there.</param>
    internal async Task<PublishedCommit> CommitAsync(
        Actor actor, RepositoryName name, CommitRequest request, Func<CatalogContext, Task>? also, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(request);
        _ = CommitMessage.Of(request);
        for (var attempt = 1; ; attempt++)
        {
            var plan = await PlanAsync(actor, name, request, cancel);
            if (plan.Done is { } done)
            {
                if (also is not null)
                    await AloneAsync(also, cancel);
                return new PublishedCommit(plan.Repository.Id, done.Id, done.Parent?.Id, request.Branch, done.CreatedAt, false, []);
            }

            var report = await CheckAsync(actor, plan, cancel);
            if (await WriteAsync(context => RequireAsync(context, actor, name, cancel), actor, plan, report, request, also, cancel) is { } published)
            {
                changes.Publish(new CatalogChange(CatalogChangeKind.Committed, published.RepositoryId));
                return published;
            }

            if (attempt == MostAttempts)
                throw new CatalogException(CatalogFault.Busy, $"{name} is being changed by others all the time; try again in a moment.");
        }
    }

    /// <param name="also">What else is done in the transaction of the revision.</param>
    internal async Task<PublishedCommit> CreateAsync(
        Actor actor, NewRepository repository, CommitRequest request, Func<CatalogContext, Task>? also, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(request);
        actor.RequireWrite("create a repository");
        _ = CommitMessage.Of(request);
        if (request.Branch != Repository.DefaultBranch)
            throw new CatalogException(CatalogFault.Invalid, $"The first revision goes to {Repository.DefaultBranch}.");
        for (var attempt = 1; ; attempt++)
        {
            var plan = await PlanNewAsync(actor, repository, request, cancel);
            var report = await CheckAsync(actor, plan, cancel);
            if (await WriteAsync(context => AddAsync(context, actor, repository, cancel), actor, plan, report, request, also, cancel) is { } published)
            {
                changes.Publish(new CatalogChange(CatalogChangeKind.Created, published.RepositoryId));
                return published;
            }

            if (attempt == MostAttempts)
                throw new CatalogException(CatalogFault.Busy, $"{repository.Name} could not be made; try again in a moment.");
        }
    }

    private async Task<CommitPlan> PlanAsync(Actor actor, RepositoryName name, CommitRequest request, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RequireAsync(context, actor, name, cancel);
        return await CommitPlan.MakeAsync(context, actor, row, request, cancel);
    }

    /// <summary>Whether the repository may be made is asked first and not kept: nobody waits for the checks to hear that a name is taken.</summary>
    private async Task<CommitPlan> PlanNewAsync(Actor actor, NewRepository repository, CommitRequest request, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        Repository row;
        await using (await context.Database.BeginTransactionAsync(cancel))
            row = await repositories.AddRowAsync(context, actor, repository, cancel);
        return await CommitPlan.MakeAsync(context, actor, row, request, cancel);
    }

    /// <summary>Outside of any transaction: reading a gigabyte takes longer than others should wait.</summary>
    private async Task<RevisionReport> CheckAsync(Actor actor, CommitPlan plan, CancellationToken cancel)
    {
        var report = await checks.CheckAsync(new CheckedRevision
        {
            Actor = actor,
            OwnerId = plan.Repository.OwnerId,
            RepositoryId = plan.Repository.Id == 0 ? null : plan.Repository.Id,
            Kind = plan.Repository.Kind,
            Visibility = plan.Repository.Visibility,
            Files = plan.Tree.Files,
            Known = (plan.Head?.Files ?? []).Select(file => file.Digest).ToHashSet(StringComparer.Ordinal),
        }, cancel);
        return report.IsRefused ? throw CommitPlan.Refuse(report.Lines(FindingSeverity.Refused)) : report;
    }

    /// <summary>Null when the branch moved since the plan was made, or a blob of it was collected; the next plan sees that.</summary>
    private async Task<PublishedCommit?> WriteAsync(Func<CatalogContext, Task<Repository>> open, Actor actor, CommitPlan plan, RevisionReport report, CommitRequest request,
        Func<CatalogContext, Task>? also, CancellationToken cancel)
    {
        var most = await limits(cancel);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await open(context);
        var head = await context.References.AsNoTracking()
            .Where(r => r.RepositoryId == row.Id && r.Kind == ReferenceKind.Branch && r.Name == request.Branch)
            .Select(r => (long?)r.CommitKey).SingleOrDefaultAsync(cancel);
        if (head != plan.Head?.Key)
            return null;
        try
        {
            var published = await new RevisionWriter(context, store, actor, time.GetUtcNow()).WriteAsync(row, plan, report, request, most, cancel);
            if (also is not null)
                await also(context);
            await transaction.CommitAsync(cancel);
            return published;
        }
        catch (DbUpdateException gone) when (gone.InnerException is SqliteException { SqliteErrorCode: 19 })
        {
            return null;
        }
    }

    private async Task AloneAsync(Func<CatalogContext, Task> also, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await also(context);
    }

    private async Task<Repository> AddAsync(CatalogContext context, Actor actor, NewRepository repository, CancellationToken cancel)
    {
        var row = await repositories.AddRowAsync(context, actor, repository, cancel);
        AuditLog.Add(context, actor, "repository.create", repository.Name.ToString(), $"{repository.Kind}, {repository.Visibility}", time.GetUtcNow());
        await RepositoryCatalog.SaveAsync(context, repository.Name, cancel);
        return row;
    }

    private static async Task<Repository> RequireAsync(CatalogContext context, Actor actor, RepositoryName name, CancellationToken cancel)
    {
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Writer, "publish to", cancel);
        return row.DeletedAt is null ? row : throw new CatalogException(CatalogFault.Conflict, $"{name} lies in the trash. Restore it first.");
    }
}
