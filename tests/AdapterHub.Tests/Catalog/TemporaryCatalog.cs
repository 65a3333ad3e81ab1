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

    private readonly Action<IServiceCollection>? _configure;

    private TemporaryCatalog(Action<IServiceCollection>? configure)
    {
        _configure = configure;
        _services = Restart();
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

    /// <summary>The same folder as a program sees it that starts anew; disposed by the test.</summary>
    public ServiceProvider Restart()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        _configure?.Invoke(services);
        services.AddCatalog(new CatalogPaths(_folder.Path));
        return services.BuildServiceProvider();
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
