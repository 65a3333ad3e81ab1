using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>What closing an account would do, and what stands in its way.</summary>
/// <param name="UserName">Whose account.</param>
/// <param name="Repositories">Its repositories outside the trash: they are handed over, or moved to the trash.</param>
/// <param name="Heirs">Organisations that may take them over.</param>
/// <param name="SoleOwnerOf">Organisations that need another owner first.</param>
/// <param name="IsLastAdministrator">The hub would have no administrator left.</param>
public sealed record ClosingPlan(
    string UserName, IReadOnlyList<string> Repositories, IReadOnlyList<string> Heirs, IReadOnlyList<string> SoleOwnerOf, bool IsLastAdministrator)
{
    public bool IsPossible => SoleOwnerOf.Count == 0 && !IsLastAdministrator;
}

/// <summary>
/// Closes accounts for good. What was published stays whole: repositories go to an organisation, old addresses leading on, or into the trash,
/// where administrators can still restore them. The name stays taken, so that old links never lead to a stranger's files; commits keep the
/// author's name.
/// </summary>
public sealed class AccountClosing
{
    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly RepositoryCatalog _repositories;
    private readonly OwnAccount _own;
    private readonly Sessions _sessions;
    private readonly TimeProvider _time;

    internal AccountClosing(
        IDbContextFactory<CatalogContext> contexts, RepositoryCatalog repositories, OwnAccount own, Sessions sessions, TimeProvider time) =>
        (_contexts, _repositories, _own, _sessions, _time) = (contexts, repositories, own, sessions, time);

    /// <summary>For the person itself and for administrators.</summary>
    public async Task<ClosingPlan> PlanAsync(Actor actor, string userName, CancellationToken cancel)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var user = await RequireUserAsync(context, actor, userName, cancel);
        return await PlanAsync(context, user, cancel);
    }

    /// <summary>Closes the actor's own account.</summary>
    /// <param name="actor">Signed in with a browser.</param>
    /// <param name="confirmation">The user name, typed once more.</param>
    /// <param name="password">Needed where the account has one.</param>
    /// <param name="heir">The organisation that takes the repositories over; null moves them to the trash.</param>
    /// <param name="cancel">Ends the wait; what was moved by then stays moved.</param>
    public async Task CloseOwnAsync(Actor actor, string confirmation, string? password, string? heir, CancellationToken cancel)
    {
        actor.RequireAccount("close your account");
        ArgumentNullException.ThrowIfNull(confirmation);
        if (!string.Equals(confirmation.Trim(), actor.Name, StringComparison.OrdinalIgnoreCase))
            throw new CatalogException(CatalogFault.Invalid, $"Type your user name, {actor.Name}, to confirm.");
        await _own.RequirePasswordAsync(actor, password, cancel);
        await CloseAsync(actor, actor.Name, heir, cancel);
    }

    /// <summary>Closes somebody's account. Administrators only; they may name any owner as heir.</summary>
    public async Task CloseAsync(Actor actor, string userName, string? heir, CancellationToken cancel)
    {
        ClosingPlan plan;
        await using (var context = await _contexts.CreateDbContextAsync(cancel))
        {
            plan = await PlanAsync(context, await RequireUserAsync(context, actor, userName, cancel), cancel);
            await RequirePossibleAsync(context, plan, heir, cancel);
        }

        foreach (var name in plan.Repositories.Select(RepositoryName.Parse))
        {
            if (heir is null)
                await _repositories.TrashAsync(actor, name, cancel);
            else
                await _repositories.MoveAsync(actor, name, RepositoryName.Of(heir, name.Name), cancel);
        }

        await RemoveAsync(actor, plan.UserName, heir, cancel);
        _sessions.Forget();
    }

    private static async Task RequirePossibleAsync(CatalogContext context, ClosingPlan plan, string? heir, CancellationToken cancel)
    {
        if (plan.IsLastAdministrator)
            throw new CatalogException(CatalogFault.Conflict, $"{plan.UserName} is the only administrator. Make somebody else an administrator first.");
        if (plan.SoleOwnerOf.Count > 0)
            throw new CatalogException(CatalogFault.Conflict, $"{plan.UserName} is the only owner of {string.Join(", ", plan.SoleOwnerOf)}. "
                + "Make another member an owner there, or dissolve it, first.");
        if (heir is null)
            return;
        if (string.Equals(heir, plan.UserName, StringComparison.OrdinalIgnoreCase))
            throw new CatalogException(CatalogFault.Invalid, "Repositories go to somebody else, or into the trash.");
        var names = plan.Repositories.Select(name => RepositoryName.Parse(name).Name).ToList();
        var taken = await context.Repositories.Where(r => r.Owner.Name == heir && names.Contains(r.Name)).Select(r => r.Name).ToListAsync(cancel);
        if (taken.Count > 0)
            throw new CatalogException(CatalogFault.Conflict, $"{heir} has repositories of the same name: {string.Join(", ", taken)}. Rename those first.");
    }

    private static async Task<ClosingPlan> PlanAsync(CatalogContext context, User user, CancellationToken cancel)
    {
        var repositories = await context.Repositories.Where(r => r.OwnerId == user.OwnerId && r.DeletedAt == null).OrderBy(r => r.Name)
            .Select(r => r.Owner.Name + "/" + r.Name).ToListAsync(cancel);
        var heirs = await context.Memberships.Where(m => m.UserId == user.Id && m.Role >= AccessRole.Writer).OrderBy(m => m.Organization.Name)
            .Select(m => m.Organization.Name).ToListAsync(cancel);
        var soleOwnerOf = await context.Memberships
            .Where(m => m.UserId == user.Id && m.Role == AccessRole.Owner
                && !context.Memberships.Any(other => other.OrganizationId == m.OrganizationId && other.UserId != user.Id && other.Role == AccessRole.Owner))
            .OrderBy(m => m.Organization.Name).Select(m => m.Organization.Name).ToListAsync(cancel);
        var isLast = user is { IsAdministrator: true, DisabledAt: null }
            && !await context.Users.AnyAsync(u => u.Id != user.Id && u.IsAdministrator && u.DisabledAt == null, cancel);
        return new ClosingPlan(user.Owner.Name, repositories, heirs, soleOwnerOf, isLast);
    }

    private async Task RemoveAsync(Actor actor, string userName, string? heir, CancellationToken cancel)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var user = await RequireUserAsync(context, actor, userName, cancel);
        // Again, and now in the transaction: something may have changed while repositories moved.
        var plan = await PlanAsync(context, user, cancel);
        await RequirePossibleAsync(context, plan, null, cancel);
        if (plan.Repositories.Count > 0)
            throw new CatalogException(CatalogFault.Conflict, $"Something was published under {userName} meanwhile. Try again.");
        await context.Repositories.Where(r => context.Likes.Any(like => like.RepositoryId == r.Id && like.UserId == user.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Likes, r => r.Likes - 1), cancel);
        (user.Owner.DisplayName, user.Owner.About) = (null, null);
        AuditLog.Add(context, actor, "account.close", user.Owner.Name, heir is null ? "repositories to the trash" : $"repositories to {heir}", _time.GetUtcNow());
        // Sessions, tokens, memberships, roles, likes and drafts go with the row.
        context.Users.Remove(user);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task<User> RequireUserAsync(CatalogContext context, Actor actor, string userName, CancellationToken cancel)
    {
        var asking = actor.RequireAccount("close accounts");
        var normalized = IdentityUsers.Normalized(userName);
        var user = await context.Users.Include(u => u.Owner).SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel);
        if (user?.Id != asking)
            actor.RequireAdministrator("close other people's accounts");
        return user ?? throw CatalogException.NotFound($"The account {userName}");
    }
}
