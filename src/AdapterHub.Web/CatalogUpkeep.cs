using AdapterHub.Catalog;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Web;

/// <summary>Runs the catalogue's housekeeping from time to time; a round that fails is logged, and the next one tries again.</summary>
internal sealed partial class CatalogUpkeep(Housekeeping housekeeping, TimeProvider time, ILogger<CatalogUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Housekeeping.Interval, time);
        do
        {
            try
            {
                var report = await housekeeping.RunAsync(stoppingToken);
                if (report.Purged.Count + report.Collected.Blobs > 0)
                    LogRound(logger, report.Purged.Count, report.Collected.Blobs, report.Collected.Bytes);
            }
            catch (Exception failure) when (failure is CatalogException or IOException or DbUpdateException or System.Data.Common.DbException)
            {
                LogFailure(logger, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Information, "Housekeeping purged {Repositories} repositories and collected {Blobs} orphans, {Bytes} bytes")]
    private static partial void LogRound(ILogger logger, int repositories, int blobs, long bytes);

    [LoggerMessage(2, LogLevel.Error, "Housekeeping failed and will be tried again")]
    private static partial void LogFailure(ILogger logger, Exception failure);
}
