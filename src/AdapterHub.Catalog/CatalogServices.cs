using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdapterHub.Catalog;

/// <summary>The catalogue's parts, for the composition root.</summary>
public static class CatalogServices
{
    public static IServiceCollection AddCatalog(this IServiceCollection services, CatalogPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        services.AddSingleton(paths);
        services.AddAccounts();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Repositories.RepositoryCatalog>();
        services.AddSingleton<Repositories.RepositoryFork>();
        services.AddSingleton<Repositories.RevisionReader>();
        services.AddSingleton<Repositories.LineageReader>();
        services.AddSingleton<Storage.BlobStore>();
        services.AddSingleton<Storage.OrphanCollector>();
        services.AddSingleton<Storage.CatalogCheck>();
        services.AddSingleton<Storage.StorageLedger>();
        services.AddSingleton<Publishing.CatalogChanges>();
        services.AddSingleton<Publishing.Checks.InspectionCache>();
        services.AddSingleton<Publishing.Checks.BaseMaps>();
        services.AddSingleton<Publishing.Checks.RevisionChecks>();
        services.AddSingleton<Publishing.Publisher>();
        services.AddSingleton<Publishing.DraftDesk>();
        services.AddSingleton<Publishing.RevisionInspections>();
        services.AddSingleton<Publishing.SeedImport>();
        services.AddSingleton<Storage.Housekeeping>();
        services.TryAddSingleton<Runs.RunLimits>();
        services.AddSingleton<Runs.RunFeed>();
        services.AddSingleton<Runs.RunDesk>();
        services.AddSingleton<Runs.SweepDesk>();
        services.AddSingleton<Runs.RunReader>();
        services.AddSingleton<Runs.RunSummaries>();
        services.AddSingleton<Runs.RunInputReader>();
        services.AddSingleton<Runs.RunCheckpointReader>();
        services.AddSingleton<Runs.RunFiles>();
        services.AddSingleton<Runs.RunCompletion>();
        services.AddSingleton<Runs.LeaseDesk>();
        services.AddSingleton<Runs.WorkerRegistry>();
        services.AddDbContextFactory<CatalogContext>(options => Configure(options, ConnectionSettings.ConnectionString(paths.Database)));
        services.AddSingleton(new CatalogReadContexts(Reading(paths)));
        services.AddSingleton<SearchService>();
        return services;
    }

    private static DbContextOptions<CatalogContext> Reading(CatalogPaths paths)
    {
        var options = new DbContextOptionsBuilder<CatalogContext>();
        Configure(options, ConnectionSettings.ConnectionString(paths.Database, readOnly: true));
        return options.Options;
    }

    private static void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString).AddInterceptors(ConnectionSettings.Instance);
}
