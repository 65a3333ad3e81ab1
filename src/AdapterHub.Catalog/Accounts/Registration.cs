using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>What a person fills in to get an account.</summary>
/// <param name="Name">The user name; see <see cref="OwnerNames"/>.</param>
/// <param name="Password">Null only where the hub allows sign-in by link alone.</param>
/// <param name="DisplayName">Optional.</param>
public sealed record NewAccount(string Name, string? Password, string? DisplayName = null);

/// <summary>Makes accounts: a user and the owner of the same name, in one transaction.</summary>
public sealed class Registration
{
    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly IdentityUsers _users;
    private readonly HubSettingsStore _settings;
    private readonly TimeProvider _time;

    internal Registration(IDbContextFactory<CatalogContext> contexts, IdentityUsers users, HubSettingsStore settings, TimeProvider time) =>
        (_contexts, _users, _settings, _time) = (contexts, users, settings, time);

    /// <summary>
    /// Makes an account as the settings allow it. Throws Forbidden where registration is closed or the invitation does not hold, Conflict for
    /// a name that is taken, Invalid for names and passwords that do not do.
    /// </summary>
    public async Task<Account> RegisterAsync(Actor actor, NewAccount form, string? invitationKey, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(form);
        var mode = (await _settings.GetAsync(cancel)).Registration;
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        if (!await context.Users.AnyAsync(cancel))
            throw new CatalogException(CatalogFault.Forbidden, "This hub has no administrator yet. Its first account is made with the link that the hub printed when it started.");
        if (mode == RegistrationMode.Closed)
            throw new CatalogException(CatalogFault.Forbidden, "Registration is closed on this hub.");
        var invitation = invitationKey is null ? null : await Invitations.RequireOpenAsync(context, invitationKey, _time.GetUtcNow(), cancel);
        if (invitation is { ForUserId: not null })
            throw Invitations.Refusal();
        if (invitation is null && mode != RegistrationMode.Open)
            throw new CatalogException(CatalogFault.Forbidden, "This hub is open by invitation: ask an administrator for a link.");
        if (form.Password is null)
            throw new CatalogException(CatalogFault.Invalid, "Give a password.");

        var user = await AddAsync(context, actor, form, isAdministrator: false, cancel);
        if (invitation is not null)
        {
            invitation.UsedById = user.Id;
            invitation.UsedAt = _time.GetUtcNow();
            await context.SaveChangesAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return Account.Of(user);
    }

    /// <summary>Writes user, owner and audit entry within the caller's transaction.</summary>
    internal async Task<User> AddAsync(CatalogContext context, Actor actor, NewAccount form, bool isAdministrator, CancellationToken cancel)
    {
        var name = form.Name.Trim();
        OwnerNames.Require(name);
        if (await context.Owners.AnyAsync(owner => owner.Name == name, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"The name \"{name}\" is taken. Choose another.");
        var now = _time.GetUtcNow();
        var owner = new Owner
        {
            Name = name, Kind = OwnerKind.User, CreatedAt = now, DisplayName = ProfileText.Line(form.DisplayName, "display name"),
        };
        var user = new User { UserName = name, Owner = owner, IsAdministrator = isAdministrator, CreatedAt = now, LockoutEnabled = true };
        // Disposing of the user manager's store leaves the context alone.
        using var identity = _users.Over(context);
        IdentityUsers.Require(form.Password is null ? await identity.CreateAsync(user) : await identity.CreateAsync(user, form.Password));
        AuditLog.Add(context, actor with { UserId = user.Id, Name = name }, "account.create", name, isAdministrator ? "first administrator" : null, now);
        await context.SaveChangesAsync(cancel);
        return user;
    }
}
