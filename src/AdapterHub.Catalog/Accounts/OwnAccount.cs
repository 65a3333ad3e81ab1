using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>What people do with their own account, signed in with a browser.</summary>
public sealed class OwnAccount
{
    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly IdentityUsers _users;
    private readonly PasswordSignIn _passwords;
    private readonly Sessions _sessions;
    private readonly TimeProvider _time;

    internal OwnAccount(
        IDbContextFactory<CatalogContext> contexts, IdentityUsers users, PasswordSignIn passwords, Sessions sessions, TimeProvider time) =>
        (_contexts, _users, _passwords, _sessions, _time) = (contexts, users, passwords, sessions, time);

    public async Task<Account> GetAsync(Actor actor, CancellationToken cancel)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        return Account.Of(await LoadAsync(context, actor.RequireAccount("see your account"), cancel));
    }

    public async Task<Account> UpdateProfileAsync(Actor actor, string? displayName, string? about, CancellationToken cancel)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var user = await LoadAsync(context, actor.RequireAccount("change your profile"), cancel);
        user.Owner.DisplayName = ProfileText.Line(displayName, "display name");
        user.Owner.About = ProfileText.About(about);
        AuditLog.Add(context, actor, "account.profile", user.Owner.Name, null, _time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        return Account.Of(user);
    }

    /// <summary>
    /// Sets a new password; an account that has one shows it first, and wrong ones count as at sign-in. Every session ends: start a new one
    /// for the browser that asked.
    /// </summary>
    public async Task<Account> ChangePasswordAsync(Actor actor, string? current, string password, CancellationToken cancel)
    {
        var userId = actor.RequireAccount("change your password");
        await RequirePasswordAsync(actor, current, cancel);
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var user = await LoadAsync(context, userId, cancel);
        using var identity = _users.Over(context);
        IdentityUsers.Require(await _users.ReplacePasswordAsync(identity, user, password));
        AuditLog.Add(context, actor, "account.password", user.Owner.Name, null, _time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        _sessions.Forget();
        return Account.Of(user);
    }

    /// <summary>For deeds that a browser left open must not be enough for. An account without a password passes.</summary>
    internal async Task RequirePasswordAsync(Actor actor, string? password, CancellationToken cancel)
    {
        var account = await GetAsync(actor, cancel);
        if (!account.HasPassword)
            return;
        var answer = await _passwords.ConfirmAsync(actor, password ?? "", cancel);
        if (answer.Outcome != SignInOutcome.Accepted)
            throw new CatalogException(CatalogFault.Invalid, "The current password is not right.");
    }

    private static async Task<User> LoadAsync(CatalogContext context, long id, CancellationToken cancel) =>
        await context.Users.Include(u => u.Owner).SingleOrDefaultAsync(u => u.Id == id, cancel)
        ?? throw new CatalogException(CatalogFault.SignInRequired, "The account does not exist any more.");
}
