using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Web;

/// <summary>
/// Brings the database to this program's schema, the seeds into the catalogue and the search into memory before the first request: hosted
/// services start before Kestrel listens.
/// </summary>
internal sealed partial class CatalogStart(
    HubOptions options, IDbContextFactory<CatalogContext> contexts, SeedImport seeds, SearchService search, ILogger<CatalogStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Schema.MigrateAsync(contexts, cancellationToken);
        if (options.SeedFolder is { } folder)
        {
            var report = await seeds.ImportAsync(folder, cancellationToken);
            foreach (var problem in report.Problems)
                LogSeedLeftOut(logger, problem);
        }

        await search.WarmAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning, "A seed was left out: {Problem}")]
    private static partial void LogSeedLeftOut(ILogger logger, string problem);
}
