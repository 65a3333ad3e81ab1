using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

public enum UserFilter
{
    All,
    Administrators,
    Disabled,
}

/// <summary>Which accounts to list.</summary>
public sealed record UserQuery
{
    /// <summary>Part of a user name or display name.</summary>
    public string? Text { get; init; }
    public UserFilter Filter { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;
    public int PageSize { get; init; } = 25;
}

/// <param name="Account">Who.</param>
/// <param name="Repositories">How many, the trash included.</param>
/// <param name="Tokens">API tokens in force.</param>
/// <param name="Storage">Used and allowed.</param>
/// <param name="OwnQuotaBytes">A limit of the account's own; null where the hub's default holds.</param>
/// <param name="LockedUntil">Set while too many wrong passwords keep it locked.</param>
public sealed record UserRow(Account Account, int Repositories, int Tokens, QuotaState Storage, long? OwnQuotaBytes, DateTimeOffset? LockedUntil);

/// <param name="Users">By name.</param>
/// <param name="Total">Over all pages.</param>
public sealed record UserPage(IReadOnlyList<UserRow> Users, int Total);

/// <summary>What administrators do with accounts. Whatever shuts an account ends its sessions and tokens with the same commit.</summary>
public sealed class Administration(IDbContextFactory<CatalogContext> contexts, Sessions sessions, Quotas quotas, TimeProvider time)
{
    public async Task<UserPage> ListUsersAsync(Actor actor, UserQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        actor.RequireAdministrator("list accounts");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var users = Filtered(context, query);
        var total = await users.CountAsync(cancel);
        var size = Math.Clamp(query.PageSize, 1, 100);
        var page = await users.OrderBy(u => u.NormalizedUserName).Skip(Math.Max(0, query.Page - 1) * size).Take(size).ToListAsync(cancel);
        List<UserRow> rows = [];
        foreach (var user in page)
            rows.Add(await RowAsync(context, user, cancel));
        return new UserPage(rows, total);
    }

    /// <summary>One account; null when there is none of that name.</summary>
    public async Task<UserRow?> FindUserAsync(Actor actor, string userName, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(userName);
        actor.RequireAdministrator("see accounts");
        var normalized = IdentityUsers.Normalized(userName);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var user = await context.Users.AsNoTracking().Include(u => u.Owner).SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel);
        return user is null ? null : await RowAsync(context, user, cancel);
    }

    /// <summary>Shuts an account or opens it again. Its repositories stay. Never the last administrator's.</summary>
    public Task SetDisabledAsync(Actor actor, string userName, bool disabled, CancellationToken cancel) =>
        ChangeAsync(actor, "shut accounts", userName, disabled ? "account.disable" : "account.enable", async (context, user) =>
        {
            if (disabled == user.DisabledAt is not null)
                return false;
            if (disabled)
                await RequireAnotherAdministratorAsync(context, user, cancel);
            user.DisabledAt = disabled ? time.GetUtcNow() : null;
            // A new stamp, so that sessions from before do not come back when the account is opened again.
            user.SecurityStamp = SecretKey.Create();
            await context.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(cancel);
            return true;
        }, cancel);

    /// <summary>Makes or unmakes an administrator. Never unmakes the last.</summary>
    public Task SetAdministratorAsync(Actor actor, string userName, bool administrator, CancellationToken cancel) =>
        ChangeAsync(actor, "choose administrators", userName, administrator ? "account.administrator" : "account.no-administrator", async (context, user) =>
        {
            if (user.IsAdministrator == administrator)
                return false;
            if (!administrator)
                await RequireAnotherAdministratorAsync(context, user, cancel);
            user.IsAdministrator = administrator;
            return true;
        }, cancel);

    /// <summary>Lifts the lock that too many wrong passwords put on an account.</summary>
    public Task UnlockAsync(Actor actor, string userName, CancellationToken cancel) =>
        ChangeAsync(actor, "unlock accounts", userName, "account.unlock", (_, user) =>
        {
            (user.AccessFailedCount, user.LockoutEnd) = (0, null);
            return Task.FromResult(true);
        }, cancel);

    /// <summary>Throws Conflict when this is the only administrator who can still sign in.</summary>
    internal static async Task RequireAnotherAdministratorAsync(CatalogContext context, User user, CancellationToken cancel)
    {
        if (user is { IsAdministrator: true, DisabledAt: null }
            && !await context.Users.AnyAsync(u => u.Id != user.Id && u.IsAdministrator && u.DisabledAt == null, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"{user.UserName} is the only administrator. Make somebody else an administrator first.");
    }

    private async Task<UserRow> RowAsync(CatalogContext context, User user, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return new UserRow(
            Account.Of(user),
            await context.Repositories.CountAsync(r => r.OwnerId == user.OwnerId, cancel),
            await context.ApiTokens.CountAsync(t => t.UserId == user.Id && t.RevokedAt == null && (t.ExpiresAt == null || t.ExpiresAt > now), cancel),
            new QuotaState(await OwnerQuota.UsedAsync(context, user.OwnerId, cancel), await quotas.LimitAsync(user.Owner, cancel)),
            user.Owner.QuotaBytes, user.LockoutEnd > now ? user.LockoutEnd : null);
    }

    private async Task ChangeAsync(
        Actor actor, string deed, string userName, string action, Func<CatalogContext, User, Task<bool>> change, CancellationToken cancel)
    {
        actor.RequireAdministrator(deed);
        ArgumentNullException.ThrowIfNull(userName);
        var normalized = IdentityUsers.Normalized(userName);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var user = await context.Users.SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel) ?? throw CatalogException.NotFound($"The account {userName}");
        if (!await change(context, user))
            return;
        AuditLog.Add(context, actor, action, user.UserName!, null, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        sessions.Forget();
    }

    private static IQueryable<User> Filtered(CatalogContext context, UserQuery query)
    {
        IQueryable<User> users = context.Users.AsNoTracking().Include(u => u.Owner);
        users = query.Filter switch
        {
            UserFilter.Administrators => users.Where(u => u.IsAdministrator),
            UserFilter.Disabled => users.Where(u => u.DisabledAt != null),
            _ => users,
        };
        if (string.IsNullOrWhiteSpace(query.Text))
            return users;
        var pattern = LikePattern.Containing(query.Text.Trim());
        return users.Where(u => EF.Functions.Like(u.Owner.Name, pattern, LikePattern.Escape) || EF.Functions.Like(u.Owner.DisplayName!, pattern, LikePattern.Escape));
    }
}
