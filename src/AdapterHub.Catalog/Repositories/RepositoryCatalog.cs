using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

/// <summary>Repositories as named things: found, made, renamed, shared, thrown away. What is in them is RevisionReader's and Publishing's.</summary>
public sealed partial class RepositoryCatalog(IDbContextFactory<CatalogContext> contexts, StorageLimitsSource limits, TimeProvider time)
{
    /// <summary>How long a repository lies in the trash before it may be purged without being asked for.</summary>
    public static readonly TimeSpan TrashTime = TimeSpan.FromDays(30);

    /// <summary>Null when there is none of that name or the actor may not see it.</summary>
    public async Task<RepositoryView?> FindAsync(Actor actor, RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.FindRowAsync(context, name, cancel);
        if (row is null)
            return null;
        var role = await RepositoryAccess.RoleAsync(context, actor, row, cancel);
        return role == AccessRole.None ? null : await ViewAsync(context, actor, row, role, name, cancel);
    }

    /// <summary>Throws <see cref="CatalogFault.NotFound"/> instead.</summary>
    public async Task<RepositoryView> GetAsync(Actor actor, RepositoryName name, CancellationToken cancel) =>
        await FindAsync(actor, name, cancel) ?? throw CatalogException.NotFound($"The repository {name}");

    /// <summary>Throws as <see cref="RepositoryAccess.RequireAsync"/> does; for work that costs something before the catalogue is asked to change.</summary>
    /// <returns>The repository's id.</returns>
    public async Task<long> RequireAsync(Actor actor, RepositoryName name, AccessRole needed, string deed, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return (await RepositoryAccess.RequireAsync(context, actor, name, needed, deed, cancel)).Id;
    }

    /// <summary>Makes an empty repository. A name that a moved repository left behind may be taken; its redirect ends then.</summary>
    public async Task<RepositoryView> CreateAsync(Actor actor, NewRepository repository, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(repository);
        actor.RequireWrite("create a repository");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await AddRowAsync(context, actor, repository, cancel);
        AuditLog.Add(context, actor, "repository.create", repository.Name.ToString(), $"{repository.Kind}, {repository.Visibility}", time.GetUtcNow());
        await SaveAsync(context, repository.Name, cancel);
        await SearchIndex.UpdateAsync(context, row.Id, cancel);
        await transaction.CommitAsync(cancel);
        return await ViewAsync(context, actor, row, AccessRole.Owner, repository.Name, cancel);
    }

    /// <summary>The row of a new repository, added but not saved; for creation, fork and publication.</summary>
    internal async Task<Repository> AddRowAsync(CatalogContext context, Actor actor, NewRepository repository, CancellationToken cancel)
    {
        var owner = await RequireOwnerAsync(context, actor, repository.Name.Owner, cancel);
        await RequireFreeAsync(context, owner, repository.Name, cancel);
        var now = time.GetUtcNow();
        var row = new Repository
        {
            Owner = owner,
            OwnerId = owner.Id,
            Name = repository.Name.Name,
            Kind = repository.Kind,
            Visibility = repository.Visibility,
            CreatedAt = now,
            UpdatedAt = now,
            Title = repository.Name.Name,
        };
        context.Repositories.Add(row);
        return row;
    }

    /// <summary>The owner of this name, if the actor may put repositories under it.</summary>
    internal static async Task<Owner> RequireOwnerAsync(CatalogContext context, Actor actor, string ownerName, CancellationToken cancel)
    {
        var owner = await context.Owners.SingleOrDefaultAsync(o => o.Name == ownerName, cancel);
        if (owner is not null && await RepositoryAccess.OwnerRoleAsync(context, actor, owner.Id, cancel) >= AccessRole.Writer)
            return owner;
        throw new CatalogException(CatalogFault.Forbidden,
            $"You may not put a repository under {ownerName}: use your own name, or an organisation in which you may write.");
    }

    private static async Task RequireFreeAsync(CatalogContext context, Owner owner, RepositoryName name, CancellationToken cancel)
    {
        var taken = await context.Repositories.Where(r => r.OwnerId == owner.Id && r.Name == name.Name)
            .Select(r => new { r.DeletedAt }).SingleOrDefaultAsync(cancel);
        if (taken is { DeletedAt: not null })
            throw new CatalogException(CatalogFault.Conflict, $"{name} lies in the trash: restore it, or delete it for good to free its name.");
        if (taken is not null)
            throw new CatalogException(CatalogFault.Conflict, $"{name} exists already. Choose another name, or publish a new version of it.");
        await context.Redirects.Where(r => r.OwnerName == name.Owner && r.Name == name.Name).ExecuteDeleteAsync(cancel);
    }

    /// <summary>Two creations of one name at once: the unique index decides, and the loser is told as if it had come later.</summary>
    internal static async Task SaveAsync(CatalogContext context, RepositoryName name, CancellationToken cancel)
    {
        try
        {
            await context.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is Microsoft.Data.Sqlite.SqliteException { SqliteExtendedErrorCode: 2067 or 1555 })
        {
            throw new CatalogException(CatalogFault.Conflict, $"{name} exists already: somebody else made it at this moment. Choose another name.");
        }
    }

    private static async Task<RepositoryView> ViewAsync(
        CatalogContext context, Actor actor, Repository row, AccessRole role, RepositoryName asked, CancellationToken cancel)
    {
        var name = RepositoryName.Of(row.Owner.Name, row.Name);
        var readable = RepositoryAccess.Readable(context, actor);
        var related = await readable.Where(r => r.Id == row.BaseRepositoryId || r.Id == row.ForkOfId)
            .Select(r => new { r.Id, Owner = r.Owner.Name, r.Name, r.Parameters }).ToListAsync(cancel);
        var baseModel = related.SingleOrDefault(r => r.Id == row.BaseRepositoryId);
        var source = related.SingleOrDefault(r => r.Id == row.ForkOfId);
        var head = await context.References
            .Where(r => r.RepositoryId == row.Id && r.Kind == ReferenceKind.Branch && r.Name == Repository.DefaultBranch)
            .Select(r => r.Commit.Id).SingleOrDefaultAsync(cancel);
        return new RepositoryView
        {
            Id = row.Id,
            Name = name,
            Kind = row.Kind,
            Visibility = row.Visibility,
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
            DeletedAt = row.DeletedAt,
            Title = row.Title.Length > 0 ? row.Title : row.Name,
            Summary = row.Summary,
            License = row.License,
            BaseModel = row.BaseModel,
            BaseRepository = baseModel is null ? null : RepositoryName.Of(baseModel.Owner, baseModel.Name),
            Method = row.Method,
            Rank = row.Rank,
            Alpha = row.Alpha,
            Targets = row.Targets,
            Parameters = row.Parameters,
            BaseParameters = baseModel?.Parameters,
            Bytes = row.Bytes,
            Task = row.Task,
            Library = row.Library,
            Languages = row.Languages,
            WeightsDigest = row.WeightsDigest,
            Downloads = row.Downloads,
            Likes = row.Likes,
            Tags = await context.RepositoryTags.Where(tag => tag.RepositoryId == row.Id).Select(tag => tag.Tag).Order().ToListAsync(cancel),
            Head = head,
            ForkOf = source is null ? null : RepositoryName.Of(source.Owner, source.Name),
            Role = role,
            Liked = actor.UserId is { } user && await context.Likes.AnyAsync(like => like.RepositoryId == row.Id && like.UserId == user, cancel),
            Moved = !string.Equals(name.ToString(), asked.ToString(), StringComparison.OrdinalIgnoreCase),
        };
    }
}
