using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <param name="UsedBytes">See <see cref="OwnerQuota"/>.</param>
/// <param name="LimitBytes">Null for no limit.</param>
public sealed record QuotaState(long UsedBytes, long? LimitBytes)
{
    public long? FreeBytes => LimitBytes is { } limit ? Math.Max(0, limit - UsedBytes) : null;
}

/// <summary>How much an owner stores and may store. Publishing holds the limit: <see cref="OwnerQuota"/>.</summary>
public sealed class Quotas(IDbContextFactory<CatalogContext> contexts, HubSettingsStore settings, TimeProvider time)
{
    /// <summary>For the owner, its members and administrators.</summary>
    public async Task<QuotaState> GetAsync(Actor actor, string ownerName, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var owner = await context.Owners.AsNoTracking().SingleOrDefaultAsync(o => o.Name == ownerName, cancel);
        if (owner is null || await Repositories.RepositoryAccess.OwnerRoleAsync(context, actor, owner.Id, cancel) == AccessRole.None)
            throw CatalogException.NotFound($"The storage of {ownerName}");
        return new QuotaState(await OwnerQuota.UsedAsync(context, owner.Id, cancel), await LimitAsync(owner, cancel));
    }

    /// <summary>Sets a limit for one owner; null returns it to the hub's default. Administrators only.</summary>
    public async Task SetAsync(Actor actor, string ownerName, long? limitBytes, CancellationToken cancel)
    {
        actor.RequireAdministrator("set quotas");
        if (limitBytes < 0)
            throw new CatalogException(CatalogFault.Invalid, "A quota is at least 0 bytes.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var owner = await context.Owners.SingleOrDefaultAsync(o => o.Name == ownerName, cancel) ?? throw CatalogException.NotFound($"The owner {ownerName}");
        owner.QuotaBytes = limitBytes;
        AuditLog.Add(context, actor, "quota.set", owner.Name, limitBytes is { } bytes ? ByteText.Of(bytes) : "the hub's default", time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
    }

    internal async Task<long?> LimitAsync(Owner owner, CancellationToken cancel) =>
        owner.QuotaBytes ?? (await settings.GetAsync(cancel)).DefaultQuotaBytes;
}
