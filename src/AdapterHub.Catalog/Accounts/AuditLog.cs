using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Who did what: an entry is saved in the transaction of the deed, so that neither exists without the other.</summary>
public static class AuditLog
{
    /// <param name="context">Of the deed; its SaveChanges writes the entry too.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">Such as <c>repository.create</c>.</param>
    /// <param name="subject">Such as <c>ada/my-adapter</c>.</param>
    /// <param name="details">What changed, in words; no secrets.</param>
    /// <param name="at">When.</param>
    public static void Add(CatalogContext context, Actor actor, string action, string subject, string? details, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        context.AuditEntries.Add(new AuditEntry
        {
            At = at,
            UserId = actor.UserId,
            UserName = actor.Name,
            Action = action,
            Subject = subject,
            Details = details,
            Address = actor.Address,
        });
    }
}
