using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Web;

/// <summary>Brings the database to this program's schema before the first request: hosted services start before Kestrel listens.</summary>
internal sealed class CatalogStart(IDbContextFactory<CatalogContext> contexts) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Schema.MigrateAsync(contexts, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
