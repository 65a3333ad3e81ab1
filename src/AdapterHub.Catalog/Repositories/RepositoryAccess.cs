using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

/// <summary>The one place that says who sees and who may change a repository.</summary>
public static class RepositoryAccess
{
    /// <summary>
    /// The actor's role: the greatest of what the owner's account, the organisation, the repository itself and its visibility give.
    /// What lies in the trash is there for its owners alone.
    /// </summary>
    public static async Task<AccessRole> RoleAsync(CatalogContext context, Actor actor, Repository repository, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(repository);
        var given = await GivenRoleAsync(context, actor, repository, cancel);
        if (repository.DeletedAt is not null)
            return given == AccessRole.Owner ? given : AccessRole.None;
        return given == AccessRole.None && repository.Visibility != RepositoryVisibility.Private ? AccessRole.Reader : given;
    }

    /// <summary>What lists and search show: public ones, and those that the actor has a role in.</summary>
    public static IQueryable<Repository> Listed(CatalogContext context, Actor actor) =>
        Alive(context, actor, RepositoryVisibility.Public);

    /// <summary>What the actor may read when it knows the name: unlisted ones too.</summary>
    public static IQueryable<Repository> Readable(CatalogContext context, Actor actor) =>
        Alive(context, actor, RepositoryVisibility.Unlisted);

    /// <summary>The repository for a change that needs <paramref name="needed"/>; throws NotFound, SignInRequired or Forbidden.</summary>
    public static async Task<Repository> RequireAsync(
        CatalogContext context, Actor actor, RepositoryName name, AccessRole needed, string deed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        var repository = await FindRowAsync(context, name, cancel);
        if (needed == AccessRole.Reader && repository is { DeletedAt: null, Visibility: not RepositoryVisibility.Private })
            return repository; // everybody reads it: no need to ask for more
        var role = repository is null ? AccessRole.None : await RoleAsync(context, actor, repository, cancel);
        if (repository is null || role == AccessRole.None)
            throw CatalogException.NotFound($"The repository {name}");
        if (needed > AccessRole.Reader)
            actor.RequireWrite($"{deed} {name}");
        return role >= needed ? repository : throw new CatalogException(CatalogFault.Forbidden,
            $"You may not {deed} {name}: that needs the role {Word(needed)}, and yours is {Word(role)}. Ask its owner.");
    }

    /// <summary>The row of this name, or of the repository that had this name before it moved. No look at rights.</summary>
    internal static async Task<Repository?> FindRowAsync(CatalogContext context, RepositoryName name, CancellationToken cancel) =>
        await context.Repositories.Include(r => r.Owner).SingleOrDefaultAsync(r => r.Owner.Name == name.Owner && r.Name == name.Name, cancel)
        ?? await context.Repositories.Include(r => r.Owner).SingleOrDefaultAsync(
            r => context.Redirects.Any(redirect => redirect.RepositoryId == r.Id && redirect.OwnerName == name.Owner && redirect.Name == name.Name), cancel);

    /// <summary>The actor's role as an owner of whatever lies under an owner: of a person, the person; of an organisation, its members.</summary>
    public static async Task<AccessRole> OwnerRoleAsync(CatalogContext context, Actor actor, long ownerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.IsAdministrator || await context.Users.AnyAsync(user => user.Id == actor.UserId && user.OwnerId == ownerId, cancel))
            return AccessRole.Owner;
        return await context.Memberships.Where(m => m.OrganizationId == ownerId && m.UserId == actor.UserId)
            .Select(m => m.Role).SingleOrDefaultAsync(cancel);
    }

    private static async Task<AccessRole> GivenRoleAsync(CatalogContext context, Actor actor, Repository repository, CancellationToken cancel)
    {
        if (actor.UserId is null && !actor.IsAdministrator)
            return AccessRole.None;
        var ofOwner = await OwnerRoleAsync(context, actor, repository.OwnerId, cancel);
        if (ofOwner == AccessRole.Owner)
            return ofOwner;
        var here = await context.Collaborators.Where(c => c.RepositoryId == repository.Id && c.UserId == actor.UserId)
            .Select(c => c.Role).SingleOrDefaultAsync(cancel);
        return here > ofOwner ? here : ofOwner;
    }

    private static IQueryable<Repository> Alive(CatalogContext context, Actor actor, RepositoryVisibility widest)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        var alive = context.Repositories.Where(r => r.DeletedAt == null);
        if (actor.IsAdministrator)
            return alive;
        if (actor.UserId is not { } user)
            return alive.Where(r => r.Visibility <= widest);
        return alive.Where(r => r.Visibility <= widest
            || context.Users.Any(u => u.Id == user && u.OwnerId == r.OwnerId)
            || context.Memberships.Any(m => m.UserId == user && m.OrganizationId == r.OwnerId)
            || context.Collaborators.Any(c => c.UserId == user && c.RepositoryId == r.Id));
    }

    private static string Word(AccessRole role) => role switch
    {
        AccessRole.Owner => "owner",
        AccessRole.Writer => "writer",
        AccessRole.Reader => "reader",
        _ => "none",
    };
}
