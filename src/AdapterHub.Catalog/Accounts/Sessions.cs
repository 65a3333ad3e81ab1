using System.Collections.Concurrent;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <param name="Id">Of the session.</param>
/// <param name="Browser">Its User-Agent.</param>
/// <param name="Address">Where it was last seen from.</param>
/// <param name="CreatedAt">When somebody signed in.</param>
/// <param name="LastSeenAt">Within a minute or so.</param>
/// <param name="IsCurrent">Whether it is the one that asks.</param>
public sealed record SessionView(long Id, string? Browser, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool IsCurrent);

/// <summary>
/// Signed-in browsers. A cookie holds a random key; the row behind it says who, and ends with sign-out, a new password, a shut account or time.
/// Looked up at every request, so answers are kept for <see cref="Freshness"/>; whatever ends a session in this process drops them at once.
/// </summary>
public sealed class Sessions
{
    /// <summary>How long a session lives unused when the browser keeps the cookie.</summary>
    public static readonly TimeSpan IdleLife = TimeSpan.FromDays(30);

    /// <summary>How long it lives unused when the cookie ends with the browser.</summary>
    public static readonly TimeSpan ShortIdleLife = TimeSpan.FromHours(12);

    /// <summary>No use keeps a session alive beyond this.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(180);

    /// <summary>For how long a look at the database is believed; what another process changes shows after this.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(20);

    private const int LongestBrowser = 200;
    private const int MostRemembered = 10_000;

    private readonly IDbContextFactory<CatalogContext> _contexts;
    private readonly TimeProvider _time;
    private volatile ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);

    public Sessions(IDbContextFactory<CatalogContext> contexts, TimeProvider time) => (_contexts, _time) = (contexts, time);

    /// <summary>Begins a session and returns its key for the cookie. The caller has established who the person is.</summary>
    public async Task<string> StartAsync(Actor actor, Account account, string? browser, bool isPersistent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(account);
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var now = _time.GetUtcNow();
        await context.Sessions.Where(s => s.ExpiresAt < now).ExecuteDeleteAsync(cancel);
        var user = await context.Users.SingleOrDefaultAsync(u => u.Id == account.Id && u.DisabledAt == null, cancel)
            ?? throw new CatalogException(CatalogFault.Forbidden, "The account is disabled.");
        var key = SecretKey.Create();
        user.LastSeenAt = now;
        context.Sessions.Add(new Session
        {
            Hash = SecretKey.HashOf(key)!, UserId = user.Id, Stamp = user.SecurityStamp!, CreatedAt = now, LastSeenAt = now,
            ExpiresAt = now + (isPersistent ? IdleLife : ShortIdleLife), IsPersistent = isPersistent, Address = actor.Address,
            Browser = browser is { Length: > LongestBrowser } ? browser[..LongestBrowser] : browser,
        });
        await context.SaveChangesAsync(cancel);
        return key;
    }

    /// <summary>Who holds this key; null once the session is over.</summary>
    public async ValueTask<Actor?> FindAsync(string? key, string? address, CancellationToken cancel)
    {
        if (SecretKey.HashOf(key) is not { } hash)
            return null;
        var now = _time.GetUtcNow();
        // An answer read before Forget is written where nobody looks any more.
        var remembered = _found;
        if (!remembered.TryGetValue(hash, out var found) || found.At + Freshness < now)
        {
            found = new Found(await LookUpAsync(hash, address, now, cancel), now);
            if (remembered.Count >= MostRemembered)
                remembered.Clear();
            remembered[hash] = found;
        }

        return found.Actor is { } actor ? actor with { Address = address } : null;
    }

    /// <summary>Signs this browser out.</summary>
    public async Task EndAsync(Actor actor, string? key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (SecretKey.HashOf(key) is not { } hash)
            return;
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        if (await context.Sessions.Where(s => s.Hash == hash).ExecuteDeleteAsync(cancel) > 0)
        {
            AuditLog.Add(context, actor, "account.sign-out", actor.Name, null, _time.GetUtcNow());
            await context.SaveChangesAsync(cancel);
        }

        Forget();
    }

    /// <summary>The actor's own sessions, the last seen first.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(Actor actor, string? currentKey, CancellationToken cancel)
    {
        var user = actor.RequireAccount("see your sessions");
        var hash = SecretKey.HashOf(currentKey);
        var now = _time.GetUtcNow();
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        return await context.Sessions.Where(s => s.UserId == user && s.ExpiresAt > now && s.Stamp == s.User.SecurityStamp)
            .OrderByDescending(s => s.LastSeenAt)
            .Select(s => new SessionView(s.Id, s.Browser, s.Address, s.CreatedAt, s.LastSeenAt, s.Hash == hash)).ToListAsync(cancel);
    }

    /// <summary>Signs one of the actor's own browsers out.</summary>
    public async Task EndAsync(Actor actor, long id, CancellationToken cancel)
    {
        var user = actor.RequireAccount("end sessions");
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        if (await context.Sessions.Where(s => s.Id == id && s.UserId == user).ExecuteDeleteAsync(cancel) == 0)
            throw CatalogException.NotFound($"The session {id}");
        AuditLog.Add(context, actor, "account.session-end", actor.Name, null, _time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        Forget();
    }

    /// <summary>Signs the actor out everywhere, or everywhere else when a key to spare is given.</summary>
    public async Task EndAllAsync(Actor actor, string? exceptKey, CancellationToken cancel)
    {
        var user = actor.RequireAccount("end sessions");
        var spared = SecretKey.HashOf(exceptKey);
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        await context.Sessions.Where(s => s.UserId == user && s.Hash != spared).ExecuteDeleteAsync(cancel);
        AuditLog.Add(context, actor, "account.sign-out-everywhere", actor.Name, null, _time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        Forget();
    }

    /// <summary>Drops what is remembered; to be called after any change of an account's rights.</summary>
    internal void Forget() => _found = new ConcurrentDictionary<string, Found>(StringComparer.Ordinal);

    private async Task<Actor?> LookUpAsync(string hash, string? address, DateTimeOffset now, CancellationToken cancel)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancel);
        var found = await context.Sessions.AsNoTracking()
            .Where(s => s.Hash == hash && s.ExpiresAt > now && s.Stamp == s.User.SecurityStamp && s.User.DisabledAt == null)
            .Select(s => new { Session = s, Name = s.User.UserName!, s.User.IsAdministrator }).SingleOrDefaultAsync(cancel);
        if (found is null)
            return null;
        if (LastUse.IsDue(found.Session.LastSeenAt, now))
            await TouchAsync(context, found.Session, address, now, cancel);
        return new Actor(found.Session.UserId, found.Name, found.IsAdministrator, ActorScope.Full);
    }

    private static async Task TouchAsync(CatalogContext context, Session session, string? address, DateTimeOffset now, CancellationToken cancel)
    {
        var idle = now + (session.IsPersistent ? IdleLife : ShortIdleLife);
        var last = session.CreatedAt + LongestLife;
        var expires = idle < last ? idle : last;
        await LastUse.WriteAsync(context, async () =>
        {
            await context.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.LastSeenAt, now).SetProperty(s => s.ExpiresAt, expires).SetProperty(s => s.Address, address), cancel);
            await context.Users.Where(u => u.Id == session.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSeenAt, now), cancel);
        });
    }

    private readonly record struct Found(Actor? Actor, DateTimeOffset At);
}
