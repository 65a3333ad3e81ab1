using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Web.Runs;

/// <summary>Takes runs back from workers that gave no sign of life.</summary>
internal sealed partial class RunUpkeep(LeaseDesk leases, RunLimits limits, TimeProvider time, ILogger<RunUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pace = TimeSpan.FromSeconds(Math.Clamp(limits.Lease.TotalSeconds / 4, 0.2, 5));
        using var timer = new PeriodicTimer(pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await leases.ExpireAsync(stoppingToken) is var lost and > 0)
                    LogLost(logger, lost);
            }
            catch (Exception failure) when (failure is CatalogException or IOException or DbUpdateException or System.Data.Common.DbException)
            {
                LogFailure(logger, failure);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Runs} runs were taken back from workers that gave no sign of life")]
    private static partial void LogLost(ILogger logger, int runs);

    [LoggerMessage(2, LogLevel.Error, "Looking for lost workers failed and will be tried again")]
    private static partial void LogFailure(ILogger logger, Exception failure);
}
