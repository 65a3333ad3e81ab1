using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Which entries of the audit log to show; everything null shows the newest.</summary>
public sealed record AuditQuery
{
    /// <summary>A user name, whole.</summary>
    public string? User { get; init; }

    /// <summary>The beginning of an action: <c>repository.</c>, <c>account.sign-in</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Part of a subject.</summary>
    public string? Subject { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries older than this number: the cursor of the previous page.</summary>
    public long? Before { get; init; }

    public int Take { get; init; } = 50;
}

/// <param name="Entries">Newest first.</param>
/// <param name="Older">The cursor of the next page; null on the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Older);

/// <summary>Reads the audit log.</summary>
public sealed class AuditReader(IDbContextFactory<CatalogContext> contexts)
{
    private const int MostEntries = 500;

    /// <summary>Of the whole hub. Administrators only.</summary>
    public async Task<AuditPage> ListAsync(Actor actor, AuditQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        actor.RequireAdministrator("read the audit log");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await PageAsync(Filtered(context, query), query.Take, cancel);
    }

    /// <summary>What the actor's own account did, and what was tried on it.</summary>
    public async Task<AuditPage> ListOwnAsync(Actor actor, long? before, int take, CancellationToken cancel)
    {
        var user = actor.RequireAccount("see what your account did");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var own = Filtered(context, new AuditQuery { Before = before })
            .Where(e => e.UserId == user || (e.Subject == actor.Name && e.Action.StartsWith("account.")));
        return await PageAsync(own, take, cancel);
    }

    private static IQueryable<AuditEntry> Filtered(CatalogContext context, AuditQuery query)
    {
        var entries = context.AuditEntries.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(query.User))
            entries = entries.Where(e => EF.Functions.Collate(e.UserName, "NOCASE") == query.User.Trim());
        if (!string.IsNullOrWhiteSpace(query.Action))
            entries = entries.Where(e => e.Action.StartsWith(query.Action.Trim()));
        if (!string.IsNullOrWhiteSpace(query.Subject))
            entries = entries.Where(e => EF.Functions.Like(e.Subject, LikePattern.Containing(query.Subject.Trim()), LikePattern.Escape));
        if (query.From is { } from)
            entries = entries.Where(e => e.At >= from);
        if (query.Until is { } until)
            entries = entries.Where(e => e.At < until);
        if (query.Before is { } before)
            entries = entries.Where(e => e.Id < before);
        return entries;
    }

    private static async Task<AuditPage> PageAsync(IQueryable<AuditEntry> entries, int take, CancellationToken cancel)
    {
        take = Math.Clamp(take, 1, MostEntries);
        var found = await entries.OrderByDescending(e => e.Id).Take(take + 1).ToListAsync(cancel);
        return found.Count > take ? new AuditPage(found[..take], found[take - 1].Id) : new AuditPage(found, null);
    }
}
