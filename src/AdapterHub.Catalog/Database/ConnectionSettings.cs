using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AdapterHub.Catalog.Database;

/// <summary>How every connection to the database is set up; the one place for it.</summary>
internal sealed class ConnectionSettings : DbConnectionInterceptor
{
    /// <summary>
    /// cache_size: 8 MB a connection; a dozen of them are open at most, and what they do not hold the system caches. Mapping the file instead
    /// (mmap_size) gained nothing measurable and counts once for every connection in the process's memory.
    /// temp_store: sorting and grouping never touch the disk. A writer waits for another one as long as the command timeout says.
    /// </summary>
    private const string Pragmas = "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;";

    internal static ConnectionSettings Instance { get; } = new();

    /// <summary>SQLite waits up to the default command timeout (30 s) for another writer before it says "locked".</summary>
    internal static string ConnectionString(string path, bool readOnly = false) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = readOnly ? null : true,
        Pooling = true,
        Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
    }.ToString();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
