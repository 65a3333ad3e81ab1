using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <param name="Id">Of the invitation.</param>
/// <param name="Note">For whom, in the administrator's words.</param>
/// <param name="CreatedBy">The administrator.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">No good after this.</param>
/// <param name="ForUser">The account whose password it sets; null for one that registers somebody.</param>
/// <param name="UsedBy">Who came by it.</param>
/// <param name="UsedAt">When.</param>
public sealed record InvitationView(
    long Id, string Note, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? ForUser, string? UsedBy, DateTimeOffset? UsedAt);

/// <summary>A key that is shown once, when it is made.</summary>
/// <param name="Key">Goes into the link.</param>
/// <param name="View">What the list shows.</param>
public sealed record NewInvitation(string Key, InvitationView View);

/// <summary>Links, each good once and for a time: to register, or to set a new password for an account whose owner lost it.</summary>
public sealed class Invitations
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly IdentityUsers _users;
    private readonly Sessions _sessions;
    private readonly TimeProvider _time;

    internal Invitations(IDbContextFactory<CatalogContext> contexts, IdentityUsers users, Sessions sessions, TimeProvider time) =>
        (_contexts, _users, _sessions, _time) = (contexts, users, sessions, time);

    /// <summary>A link that registers one person. Administrators only.</summary>
    public Task<NewInvitation> CreateAsync(Actor actor, string? note, TimeSpan life, CancellationToken cancel) =>
        AddAsync(actor, "invite people", note, null, life, "invitation.create", cancel);

    /// <summary>A link with which the owner of an account sets a new password. Administrators only.</summary>
    public Task<NewInvitation> CreatePasswordLinkAsync(Actor actor, string userName, TimeSpan life, CancellationToken cancel) =>
        AddAsync(actor, "make links for new passwords", null, userName, life, "account.password-link", cancel);

    /// <summary>Newest first; those used and expired too. Administrators only.</summary>
    public async Task<IReadOnlyList<InvitationView>> ListAsync(Actor actor, CancellationToken cancel)
    {
        actor.RequireAdministrator("see invitations");
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        return await Views(context, context.Invitations.OrderByDescending(i => i.Id).Take(500)).ToListAsync(cancel);
    }

    /// <summary>Takes an unused one back. Administrators only.</summary>
    public async Task RevokeAsync(Actor actor, long id, CancellationToken cancel)
    {
        actor.RequireAdministrator("take invitations back");
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var invitation = await context.Invitations.SingleOrDefaultAsync(i => i.Id == id, cancel) ?? throw CatalogException.NotFound($"The invitation {id}");
        if (invitation.UsedAt is not null)
            throw new CatalogException(CatalogFault.Conflict, "That invitation was used; disable the account that came of it instead.");
        context.Invitations.Remove(invitation);
        AuditLog.Add(context, actor, "invitation.revoke", $"invitation {id}", invitation.Note, _time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
    }

    /// <summary>What a link is good for; null when it is used, expired, taken back or no link at all.</summary>
    public async Task<InvitationView?> FindAsync(Actor actor, string? key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var invitation = await FindOpenAsync(context, key, _time.GetUtcNow(), cancel);
        return invitation is null ? null : await Views(context, context.Invitations.Where(i => i.Id == invitation.Id)).SingleAsync(cancel);
    }

    /// <summary>Sets a new password with a password link. Every session of the account ends, and a lock is lifted.</summary>
    public async Task<Account> SetPasswordAsync(Actor actor, string key, string password, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var now = _time.GetUtcNow();
        var invitation = await RequireOpenAsync(context, key, now, cancel);
        if (invitation.ForUserId is not { } userId)
            throw Refusal();
        var user = await context.Users.Include(u => u.Owner).SingleAsync(u => u.Id == userId, cancel);
        using var identity = _users.Over(context);
        IdentityUsers.Require(await _users.ReplacePasswordAsync(identity, user, password));
        (user.AccessFailedCount, user.LockoutEnd) = (0, null);
        (invitation.UsedById, invitation.UsedAt) = (user.Id, now);
        AuditLog.Add(context, actor with { UserId = user.Id, Name = user.Owner.Name }, "account.password", user.Owner.Name, "by an administrator's link", now);
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        _sessions.Forget();
        return Account.Of(user);
    }

    internal static CatalogException Refusal() => new(CatalogFault.Gone, "This link does not work: it was used, has expired or was taken back. Ask an administrator for a new one.");

    /// <summary>The tracked row; throws Gone.</summary>
    internal static async Task<Invitation> RequireOpenAsync(CatalogContext context, string key, DateTimeOffset now, CancellationToken cancel) =>
        await FindOpenAsync(context, key, now, cancel) ?? throw Refusal();

    private static async Task<Invitation?> FindOpenAsync(CatalogContext context, string? key, DateTimeOffset now, CancellationToken cancel) =>
        SecretKey.HashOf(key) is not { } hash ? null
            : await context.Invitations.SingleOrDefaultAsync(i => i.Hash == hash && i.UsedAt == null && i.ExpiresAt > now, cancel);

    private async Task<NewInvitation> AddAsync(
        Actor actor, string deed, string? note, string? userName, TimeSpan life, string action, CancellationToken cancel)
    {
        actor.RequireAdministrator(deed);
        if (life <= TimeSpan.Zero || life > LongestLife)
            throw new CatalogException(CatalogFault.Invalid, $"A link is good for up to {LongestLife.TotalDays:0} days.");
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var user = userName is null ? null : await context.Users.Include(u => u.Owner)
            .SingleOrDefaultAsync(u => u.NormalizedUserName == IdentityUsers.Normalized(userName), cancel) ?? throw CatalogException.NotFound($"The account {userName}");
        var key = SecretKey.Create();
        var now = _time.GetUtcNow();
        var invitation = new Invitation
        {
            Hash = SecretKey.HashOf(key)!, Note = ProfileText.Line(note, "note") ?? "", ForUserId = user?.Id,
            CreatedById = actor.RequireAccount(deed), CreatedAt = now, ExpiresAt = now + life,
        };
        context.Invitations.Add(invitation);
        AuditLog.Add(context, actor, action, user?.Owner.Name ?? "registration", invitation.Note.Length == 0 ? null : invitation.Note, now);
        await context.SaveChangesAsync(cancel);
        return new NewInvitation(key, await Views(context, context.Invitations.Where(i => i.Id == invitation.Id)).SingleAsync(cancel));
    }

    private static IQueryable<InvitationView> Views(CatalogContext context, IQueryable<Invitation> invitations) =>
        from i in invitations
        select new InvitationView(
            i.Id, i.Note, i.CreatedBy.UserName!, i.CreatedAt, i.ExpiresAt, i.ForUser!.UserName,
            context.Users.Where(user => user.Id == i.UsedById).Select(user => user.UserName).SingleOrDefault(), i.UsedAt);
}
