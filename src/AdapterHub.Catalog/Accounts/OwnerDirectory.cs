using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>What everybody may know of a person or an organisation.</summary>
/// <param name="Id">Of the owner.</param>
/// <param name="Name">As it is written.</param>
/// <param name="Kind">Person or organisation.</param>
/// <param name="DisplayName">As it wishes to be called.</param>
/// <param name="About">A few lines of plain text.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="Role">Of the actor: Owner for the person's own, the membership for an organisation.</param>
/// <param name="Related">A person's organisations, or an organisation's members, by name.</param>
public sealed record OwnerProfile(
    long Id, string Name, OwnerKind Kind, string? DisplayName, string? About, DateTimeOffset CreatedAt, AccessRole Role, IReadOnlyList<OwnerName> Related);

/// <param name="Name">Of a person or an organisation.</param>
/// <param name="DisplayName">As it wishes to be called.</param>
/// <param name="Kind">Which of the two.</param>
public sealed record OwnerName(string Name, string? DisplayName, OwnerKind Kind);

/// <summary>People and organisations as others see them.</summary>
public sealed class OwnerDirectory(IDbContextFactory<CatalogContext> contexts)
{
    /// <summary>Null where nobody is called so, or not any more.</summary>
    public async Task<OwnerProfile?> FindAsync(Actor actor, string name, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var owner = await Present(context).SingleOrDefaultAsync(o => o.Name == name, cancel);
        if (owner is null)
            return null;
        var related = owner.Kind == OwnerKind.User
            ? context.Memberships.Where(m => m.User.OwnerId == owner.Id).Select(m => m.Organization)
            : context.Memberships.Where(m => m.OrganizationId == owner.Id).Select(m => m.User.Owner);
        return new OwnerProfile(
            owner.Id, owner.Name, owner.Kind, owner.DisplayName, owner.About, owner.CreatedAt,
            await Repositories.RepositoryAccess.OwnerRoleAsync(context, actor, owner.Id, cancel),
            await related.OrderBy(o => o.Name).Select(o => new OwnerName(o.Name, o.DisplayName, o.Kind)).ToListAsync(cancel));
    }

    /// <summary>Under which names the actor may publish: the person's own first, then organisations by name.</summary>
    public async Task<IReadOnlyList<OwnerName>> ListWritableAsync(Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.UserId is not { } userId)
            return [];
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var own = await context.Users.Where(u => u.Id == userId).Select(u => new OwnerName(u.Owner.Name, u.Owner.DisplayName, u.Owner.Kind)).ToListAsync(cancel);
        var shared = await context.Memberships.Where(m => m.UserId == userId && m.Role >= AccessRole.Writer).OrderBy(m => m.Organization.Name)
            .Select(m => new OwnerName(m.Organization.Name, m.Organization.DisplayName, m.Organization.Kind)).ToListAsync(cancel);
        return [.. own, .. shared];
    }

    /// <summary>People whose name begins so, for choosing members and collaborators. For those signed in.</summary>
    public async Task<IReadOnlyList<OwnerName>> SuggestPeopleAsync(Actor actor, string beginning, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.IsSignedIn || string.IsNullOrWhiteSpace(beginning))
            return [];
        var normalized = IdentityUsers.Normalized(beginning.Trim());
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Users.Where(u => u.DisabledAt == null && u.NormalizedUserName!.StartsWith(normalized)).OrderBy(u => u.NormalizedUserName).Take(10)
            .Select(u => new OwnerName(u.Owner.Name, u.Owner.DisplayName, u.Owner.Kind)).ToListAsync(cancel);
    }

    /// <summary>Without the names that closed accounts and dissolved organisations left behind. The hub's own owner of seeds has no members and stays.</summary>
    private static IQueryable<Owner> Present(CatalogContext context) => context.Owners.AsNoTracking().Where(o =>
        context.Users.Any(u => u.OwnerId == o.Id) || context.Memberships.Any(m => m.OrganizationId == o.Id)
        || context.Repositories.Any(r => r.OwnerId == o.Id && r.DeletedAt == null));
}
