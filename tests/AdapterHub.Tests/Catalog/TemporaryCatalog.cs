using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Tests.Formats;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog;

/// <summary>A real, migrated catalogue in a folder of its own.</summary>
internal sealed class TemporaryCatalog : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    private TemporaryCatalog(Action<IServiceCollection>? configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        configure?.Invoke(services);
        services.AddCatalog(new CatalogPaths(_folder.Path));
        _services = services.BuildServiceProvider();
    }

    public CatalogPaths Paths => Get<CatalogPaths>();

    public IDbContextFactory<CatalogContext> Contexts => Get<IDbContextFactory<CatalogContext>>();

    /// <param name="configure">Registrations that come before the catalogue's own, such as another TimeProvider.</param>
    public static async Task<TemporaryCatalog> CreateAsync(Action<IServiceCollection>? configure = null)
    {
        var catalog = new TemporaryCatalog(configure);
        await Schema.MigrateAsync(catalog.Contexts, TestContext.Current.CancellationToken);
        return catalog;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        // Pooled connections keep the files open.
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
