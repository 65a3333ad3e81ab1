using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <param name="Id">Of the owner.</param>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">As it wishes to be called.</param>
/// <param name="About">A few lines.</param>
/// <param name="CreatedAt">When it was founded.</param>
/// <param name="Role">Of the actor in it.</param>
/// <param name="Members">Owners first, then by name.</param>
public sealed record OrganizationView(
    long Id, string Name, string? DisplayName, string? About, DateTimeOffset CreatedAt, AccessRole Role, IReadOnlyList<OrganizationMember> Members);

/// <param name="UserName">Who.</param>
/// <param name="DisplayName">As the person wishes to be called.</param>
/// <param name="Role">For every repository of the organisation; an owner also manages members.</param>
/// <param name="Since">When it was given.</param>
public sealed record OrganizationMember(string UserName, string? DisplayName, AccessRole Role, DateTimeOffset Since);

/// <param name="Name">Of the organisation.</param>
/// <param name="DisplayName">As it wishes to be called.</param>
/// <param name="Role">Of the actor.</param>
/// <param name="Members">How many.</param>
public sealed record OrganizationSummary(string Name, string? DisplayName, AccessRole Role, int Members);

/// <summary>Name spaces that several people share. There is always at least one owner among the members.</summary>
public sealed class Organizations(IDbContextFactory<CatalogContext> contexts, HubSettingsStore settings, TimeProvider time)
{
    /// <summary>Founds one; the actor becomes its owner.</summary>
    public async Task<OrganizationView> CreateAsync(Actor actor, string name, string? displayName, CancellationToken cancel)
    {
        var userId = RequirePerson(actor, "found organisations");
        if (!actor.IsAdministrator && !(await settings.GetAsync(cancel)).AnyoneFoundsOrganizations)
            throw new CatalogException(CatalogFault.Forbidden, "On this hub only administrators found organisations. Ask one.");
        name = name.Trim();
        OwnerNames.Require(name);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        if (await context.Owners.AnyAsync(o => o.Name == name, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"The name \"{name}\" is taken. Choose another.");
        var now = time.GetUtcNow();
        var owner = new Owner { Name = name, Kind = OwnerKind.Organization, CreatedAt = now, DisplayName = ProfileText.Line(displayName, "display name") };
        context.Memberships.Add(new Membership { Organization = owner, UserId = userId, Role = AccessRole.Owner, CreatedAt = now });
        AuditLog.Add(context, actor, "organization.create", name, null, now);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return await ViewAsync(context, owner, AccessRole.Owner, cancel);
    }

    /// <summary>Those that the actor is a member of, by name.</summary>
    public async Task<IReadOnlyList<OrganizationSummary>> ListAsync(Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Memberships.Where(m => m.UserId == actor.UserId).OrderBy(m => m.Organization.Name)
            .Select(m => new OrganizationSummary(m.Organization.Name, m.Organization.DisplayName, m.Role,
                context.Memberships.Count(other => other.OrganizationId == m.OrganizationId))).ToListAsync(cancel);
    }

    /// <summary>With its members; for members and administrators. Throws NotFound for others.</summary>
    public async Task<OrganizationView> GetAsync(Actor actor, string name, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var (owner, role) = await FindAsync(context, actor, name, cancel);
        return await ViewAsync(context, owner, role, cancel);
    }

    /// <summary>Its owners only.</summary>
    public async Task UpdateProfileAsync(Actor actor, string name, string? displayName, string? about, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var owner = await RequireOwnerAsync(context, actor, name, "change the profile of", cancel);
        owner.DisplayName = ProfileText.Line(displayName, "display name");
        owner.About = ProfileText.About(about);
        AuditLog.Add(context, actor, "organization.profile", owner.Name, null, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
    }

    /// <summary>Adds a member or changes a member's role. Its owners only.</summary>
    public async Task SetMemberAsync(Actor actor, string name, string userName, AccessRole role, CancellationToken cancel)
    {
        if (role is < AccessRole.Reader or > AccessRole.Owner)
            throw new CatalogException(CatalogFault.Invalid, "A member is reader, writer or owner.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var owner = await RequireOwnerAsync(context, actor, name, "choose the members of", cancel);
        var user = await FindUserAsync(context, userName, cancel);
        var membership = await context.Memberships.SingleOrDefaultAsync(m => m.OrganizationId == owner.Id && m.UserId == user.Id, cancel);
        if (membership is { Role: AccessRole.Owner } && role != AccessRole.Owner)
            await RequireAnotherOwnerAsync(context, owner, user.Id, cancel);
        if (membership is null)
            context.Memberships.Add(membership = new Membership { OrganizationId = owner.Id, UserId = user.Id, CreatedAt = time.GetUtcNow() });
        membership.Role = role;
        AuditLog.Add(context, actor, "organization.member", owner.Name, $"{user.UserName}: {Word(role)}", time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Takes a member out; everybody may leave, but for the last owner.</summary>
    public async Task RemoveMemberAsync(Actor actor, string name, string userName, CancellationToken cancel)
    {
        RequirePerson(actor, "change an organisation");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var (owner, role) = await FindAsync(context, actor, name, cancel);
        var user = await FindUserAsync(context, userName, cancel);
        if (role != AccessRole.Owner && user.Id != actor.UserId)
            throw new CatalogException(CatalogFault.Forbidden, $"Only an owner of {owner.Name} may take others out of it.");
        var membership = await context.Memberships.SingleOrDefaultAsync(m => m.OrganizationId == owner.Id && m.UserId == user.Id, cancel)
            ?? throw CatalogException.NotFound($"The member {userName} of {owner.Name}");
        if (membership.Role == AccessRole.Owner)
            await RequireAnotherOwnerAsync(context, owner, user.Id, cancel);
        context.Memberships.Remove(membership);
        AuditLog.Add(context, actor, "organization.member", owner.Name, $"{user.UserName}: out", time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Dissolves one that has no repositories, not even in the trash. Its name stays taken: old addresses must not lead to a stranger's files.
    /// </summary>
    public async Task DeleteAsync(Actor actor, string name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var owner = await RequireOwnerAsync(context, actor, name, "dissolve", cancel);
        var left = await context.Repositories.CountAsync(r => r.OwnerId == owner.Id, cancel);
        if (left > 0)
            throw new CatalogException(CatalogFault.Conflict, $"{owner.Name} has {left} repositories, those in the trash included. Transfer or purge them first.");
        await context.Memberships.Where(m => m.OrganizationId == owner.Id).ExecuteDeleteAsync(cancel);
        (owner.DisplayName, owner.About) = (null, null);
        AuditLog.Add(context, actor, "organization.delete", owner.Name, null, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static long RequirePerson(Actor actor, string deed)
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.RequireWrite(deed);
        return actor.UserId ?? throw new CatalogException(CatalogFault.SignInRequired, $"Sign in to {deed}.");
    }

    private static async Task<(Owner Owner, AccessRole Role)> FindAsync(CatalogContext context, Actor actor, string name, CancellationToken cancel)
    {
        var owner = await context.Owners.SingleOrDefaultAsync(o => o.Name == name && o.Kind == OwnerKind.Organization, cancel);
        var role = owner is null ? AccessRole.None : await RepositoryAccess.OwnerRoleAsync(context, actor, owner.Id, cancel);
        // Without members it was dissolved; only its name is left.
        if (owner is null || role == AccessRole.None || !await context.Memberships.AnyAsync(m => m.OrganizationId == owner.Id, cancel))
            throw CatalogException.NotFound($"The organisation {name}");
        return (owner, role);
    }

    private static async Task<Owner> RequireOwnerAsync(CatalogContext context, Actor actor, string name, string deed, CancellationToken cancel)
    {
        RequirePerson(actor, "change an organisation");
        var (owner, role) = await FindAsync(context, actor, name, cancel);
        return role == AccessRole.Owner ? owner
            : throw new CatalogException(CatalogFault.Forbidden, $"Only an owner of {owner.Name} may {deed} it.");
    }

    private static async Task<User> FindUserAsync(CatalogContext context, string userName, CancellationToken cancel)
    {
        var normalized = IdentityUsers.Normalized(userName.Trim());
        return await context.Users.SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel) ?? throw CatalogException.NotFound($"The user {userName}");
    }

    private static async Task RequireAnotherOwnerAsync(CatalogContext context, Owner owner, long userId, CancellationToken cancel)
    {
        if (!await context.Memberships.AnyAsync(m => m.OrganizationId == owner.Id && m.UserId != userId && m.Role == AccessRole.Owner, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"{owner.Name} would have no owner left. Make another member an owner first, or dissolve it.");
    }

    private static async Task<OrganizationView> ViewAsync(CatalogContext context, Owner owner, AccessRole role, CancellationToken cancel)
    {
        var members = await context.Memberships.Where(m => m.OrganizationId == owner.Id).OrderByDescending(m => m.Role).ThenBy(m => m.User.Owner.Name)
            .Select(m => new OrganizationMember(m.User.Owner.Name, m.User.Owner.DisplayName, m.Role, m.CreatedAt)).ToListAsync(cancel);
        return new OrganizationView(owner.Id, owner.Name, owner.DisplayName, owner.About, owner.CreatedAt, role, members);
    }

    private static string Word(AccessRole role) => role switch { AccessRole.Owner => "owner", AccessRole.Writer => "writer", _ => "reader" };
}
