using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <summary>What one round did.</summary>
/// <param name="Purged">Repositories whose time in the trash was over.</param>
/// <param name="Collected">What was collected after that.</param>
public sealed record HousekeepingReport(IReadOnlyList<string> Purged, CollectionReport Collected);

/// <summary>What the hub does for itself from time to time: empties the trash of what lay there long enough, collects orphans.</summary>
public sealed class Housekeeping(
    IDbContextFactory<CatalogContext> contexts, RepositoryCatalog repositories, OrphanCollector orphans, TimeProvider time)
{
    /// <summary>Time between two rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    public async Task<HousekeepingReport> RunAsync(CancellationToken cancel = default)
    {
        var before = time.GetUtcNow() - RepositoryCatalog.TrashTime;
        List<RepositoryName> expired;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            var rows = await context.Repositories.Where(row => row.DeletedAt != null && row.DeletedAt < before)
                .Select(row => new { Owner = row.Owner.Name, row.Name }).ToListAsync(cancel);
            expired = [.. rows.Select(row => RepositoryName.Of(row.Owner, row.Name))];
        }

        foreach (var name in expired)
            await repositories.PurgeAsync(Actor.Hub, name, cancel);
        return new HousekeepingReport([.. expired.Select(name => name.ToString())], await orphans.CollectAsync(Actor.Hub, null, cancel));
    }
}
