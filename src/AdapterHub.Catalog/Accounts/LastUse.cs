using AdapterHub.Catalog.Database;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>"Last used" columns: written at most once a minute, and never worth waiting for another writer.</summary>
internal static class LastUse
{
    private const int DatabaseBusy = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public static bool IsDue(DateTimeOffset? last, DateTimeOffset now) => last is null || last + Interval <= now;

    public static async Task WriteAsync(CatalogContext context, Func<Task> write)
    {
        // Seconds; SQLite would otherwise wait half a minute for a long transaction, and the request with it.
        context.Database.SetCommandTimeout(1);
        try
        {
            await write();
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == DatabaseBusy)
        {
            // The next request writes it.
        }
    }
}
