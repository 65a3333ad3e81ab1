using AdapterHub.Catalog.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

public enum SignInOutcome
{
    /// <summary>Name and password are right.</summary>
    Accepted,

    /// <summary>No such account, a wrong password, no password, or locked after too many wrong ones: deliberately one answer.</summary>
    Refused,

    /// <summary>The password is right, and an administrator shut the account.</summary>
    Disabled,
}

/// <param name="Outcome">What came of it.</param>
/// <param name="Account">Set when accepted.</param>
public sealed record SignInAnswer(SignInOutcome Outcome, Account? Account);

/// <summary>
/// Checks a name and a password. Takes as long for a name that nobody has, and writes as much, so that neither answer nor time tells which
/// accounts exist. The look at the lock comes after the hash and inside the transaction: parallel guesses count one by one.
/// </summary>
public sealed class PasswordSignIn
{
    /// <summary>Wrong passwords in a row that lock an account.</summary>
    public const int AttemptsBeforeLock = 10;

    public static readonly TimeSpan LockLife = TimeSpan.FromMinutes(15);

    private static readonly User Nobody = new();

    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly IdentityUsers _users;
    private readonly TimeProvider _time;
    private readonly string _nobodysHash;

    internal PasswordSignIn(IDbContextFactory<CatalogContext> contexts, IdentityUsers users, TimeProvider time)
    {
        (_contexts, _users, _time) = (contexts, users, time);
        _nobodysHash = users.Hasher.HashPassword(Nobody, SecretKey.Create());
    }

    /// <param name="actor">Nobody yet; its address goes into the audit log.</param>
    /// <param name="name">In any case.</param>
    /// <param name="password">As typed.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task<SignInAnswer> CheckAsync(Actor actor, string name, string password, CancellationToken cancel) =>
        CheckAsync(actor, name, password, "account.sign-in", cancel);

    /// <summary>The same for somebody who is signed in and shows the password once more.</summary>
    internal Task<SignInAnswer> ConfirmAsync(Actor actor, string password, CancellationToken cancel) =>
        CheckAsync(actor, actor.Name, password, "account.confirm", cancel);

    private async Task<SignInAnswer> CheckAsync(Actor actor, string name, string password, string deed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(password);
        var normalized = IdentityUsers.Normalized(name.Trim());
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var stored = await context.Users.Where(u => u.NormalizedUserName == normalized).Select(u => u.PasswordHash).SingleOrDefaultAsync(cancel);
        var typed = password.Length > IdentityUsers.LongestPassword ? "" : password;
        var verdict = _users.Hasher.VerifyHashedPassword(Nobody, stored ?? _nobodysHash, typed);
        if (stored is null)
            verdict = PasswordVerificationResult.Failed;

        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var user = await context.Users.Include(u => u.Owner).SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel);
        // A password changed between the look and the transaction makes the verdict worthless.
        if (user?.PasswordHash != stored)
            verdict = PasswordVerificationResult.Failed;
        var outcome = Decide(context, actor, user, verdict, deed);
        if (outcome == SignInOutcome.Accepted && verdict == PasswordVerificationResult.SuccessRehashNeeded)
            user!.PasswordHash = _users.Hasher.HashPassword(user, typed);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new SignInAnswer(outcome, outcome == SignInOutcome.Accepted ? Account.Of(user!) : null);
    }

    private SignInOutcome Decide(CatalogContext context, Actor actor, User? user, PasswordVerificationResult verdict, string deed)
    {
        var now = _time.GetUtcNow();
        if (user is null)
        {
            // The name is not recorded: it may be a password typed into the wrong field.
            AuditLog.Add(context, actor, deed + "-refused", "unknown", null, now);
            return SignInOutcome.Refused;
        }

        var locked = user.LockoutEnd > now;
        if (locked || verdict == PasswordVerificationResult.Failed)
        {
            var locks = !locked && ++user.AccessFailedCount >= AttemptsBeforeLock;
            if (locks)
                (user.AccessFailedCount, user.LockoutEnd) = (0, now + LockLife);
            AuditLog.Add(context, actor, deed + "-refused", user.Owner.Name,
                locks ? $"locked for {LockLife.TotalMinutes:0} minutes" : locked ? "while locked" : "wrong password", now);
            return SignInOutcome.Refused;
        }

        (user.AccessFailedCount, user.LockoutEnd) = (0, null);
        var self = actor with { UserId = user.Id, Name = user.Owner.Name };
        if (user.DisabledAt is not null)
        {
            AuditLog.Add(context, self, deed + "-refused", user.Owner.Name, "disabled", now);
            return SignInOutcome.Disabled;
        }

        AuditLog.Add(context, self, deed, user.Owner.Name, null, now);
        return SignInOutcome.Accepted;
    }
}
