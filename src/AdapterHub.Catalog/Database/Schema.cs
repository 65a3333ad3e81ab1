using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Database;

/// <summary>
/// Brings the database to the newest schema: the embedded scripts <c>Migrations/NNNN_name.sql</c>, each once, in order, each in a transaction
/// with the number that it reaches (<c>PRAGMA user_version</c>). A script that landed is never changed; the next change is a new script.
/// </summary>
public static class Schema
{
    private const string Folder = "AdapterHub.Catalog.Database.Migrations.";

    public static async Task MigrateAsync(IDbContextFactory<CatalogContext> contexts, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.Database.OpenConnectionAsync(cancel);
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        // Write-ahead logging lets readers go on while one writes; a killed process loses no committed transaction.
        await ExecuteAsync(connection, null, "PRAGMA journal_mode = WAL", cancel);
        var scripts = Scripts();
        var current = await VersionAsync(connection, cancel);
        if (current > scripts[^1].Version)
        {
            throw new CatalogException(CatalogFault.Conflict, $"The database {connection.DataSource} has schema version {current}, and this "
                + $"program knows versions up to {scripts[^1].Version}: it was written by a newer AdapterHub. Start that one, or give another --data folder.");
        }

        foreach (var (version, resource) in scripts.Where(script => script.Version > current))
        {
            await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(connection, transaction, await ReadAsync(resource, cancel), cancel);
            await ExecuteAsync(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"), cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    private static List<(int Version, string Resource)> Scripts() =>
        [.. from resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
            where resource.StartsWith(Folder, StringComparison.Ordinal)
            let version = int.Parse(resource.AsSpan(Folder.Length, 4), CultureInfo.InvariantCulture)
            orderby version
            select (version, resource)];

    private static async Task<string> ReadAsync(string resource, CancellationToken cancel)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return await reader.ReadToEndAsync(cancel);
    }

    private static async Task<int> VersionAsync(SqliteConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, SqliteTransaction? transaction, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // The text is one of the program's own scripts.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancel);
    }
}
