using AdapterHub.Catalog.Database;
using Microsoft.Data.Sqlite;
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
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Repositories.RepositoryCatalog>();
        services.AddSingleton<Repositories.RepositoryFork>();
        services.AddSingleton<Repositories.RevisionReader>();
        services.TryAddSingleton<Storage.StorageLimitsSource>(_ => ValueTask.FromResult(Storage.StorageLimits.Default));
        services.AddSingleton<Storage.BlobStore>();
        services.AddSingleton<Publishing.CatalogChanges>();
        services.AddSingleton<Publishing.Publisher>();
        services.AddDbContextFactory<CatalogContext>(options => options.UseSqlite(ConnectionString(paths.Database)));
        return services;
    }

    /// <summary>SQLite waits up to the default command timeout (30 s) for another writer before it says "locked".</summary>
    internal static string ConnectionString(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, Pooling = true }.ToString();
}
