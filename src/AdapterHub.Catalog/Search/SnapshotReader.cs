using System.Globalization;
using AdapterHub.Catalog.Database;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AdapterHub.Catalog.Search;

/// <summary>Reads from the database what changed since a snapshot.</summary>
internal static class SnapshotReader
{
    internal const string LatestSql = """SELECT IFNULL(MAX("Sequence"), 0) FROM "SearchChanges" """;

    /// <summary>
    /// In the order of ids, so that rows lie in memory as they are passed over later; without being told, SQLite would take that order for
    /// a reason to scan the table.
    /// </summary>
    internal const string RowsSql = """
        SELECT c."RepositoryId", o."Name", r."Name", r."Kind", r."Visibility", r."BaseModel", r."BaseRepositoryId", r."Method", r."Rank", r."Task",
            r."License", r."Languages", r."CreatedAt", r."UpdatedAt", r."Downloads", r."Likes", r."Bytes", r."Trending"
        FROM "SearchChanges" AS c INDEXED BY "IX_SearchChanges_Sequence"
        LEFT JOIN "Repositories" AS r ON r."Id" = c."RepositoryId" AND r."DeletedAt" IS NULL
        LEFT JOIN "Owners" AS o ON o."Id" = r."OwnerId"
        WHERE c."Sequence" > $seen
        ORDER BY c."RepositoryId"
        """;

    internal const string TagsSql = """
        SELECT t."RepositoryId", t."Tag"
        FROM "SearchChanges" AS c INDEXED BY "IX_SearchChanges_Sequence"
        JOIN "RepositoryTags" AS t ON t."RepositoryId" = c."RepositoryId"
        WHERE c."Sequence" > $seen
        ORDER BY t."RepositoryId", t."Tag"
        """;

    internal static async Task<long> LatestAsync(CatalogContext context, CancellationToken cancel)
    {
        await using var command = Command(context, LatestSql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    /// <summary>The snapshot brought up to the newest committed change.</summary>
    internal static async Task<CatalogSnapshot> UpdatedAsync(CatalogContext context, CatalogSnapshot before, CancellationToken cancel)
    {
        // One reading transaction: rows, tags and the number are of the same moment.
        await using var transaction = Connection(context).BeginTransaction(deferred: true);
        await context.Database.UseTransactionAsync(transaction, cancel);
        var latest = await LatestAsync(context, cancel);
        if (latest == before.Sequence)
            return before;
        var tags = await TagsAsync(context, before, cancel);
        await using var command = Command(context, RowsSql);
        command.Parameters.AddWithValue("$seen", before.Sequence);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var changes = new List<(long, SearchRow?)>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetInt64(0);
            changes.Add((id, reader.IsDBNull(2) ? null : Row(reader, id, tags.GetValueOrDefault(id) ?? [], before.Vocabulary)));
        }

        await context.Database.UseTransactionAsync(null, cancel);
        return before.With(changes, latest);
    }

    internal static SqliteConnection Connection(CatalogContext context) => (SqliteConnection)context.Database.GetDbConnection();

    internal static SqliteCommand Command(CatalogContext context, string sql)
    {
        var command = Connection(context).CreateCommand();
        command.Transaction = (SqliteTransaction?)context.Database.CurrentTransaction?.GetDbTransaction();
        // Every caller passes one of the program's own texts; what users give are parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static async Task<Dictionary<long, int[]>> TagsAsync(CatalogContext context, CatalogSnapshot before, CancellationToken cancel)
    {
        await using var command = Command(context, TagsSql);
        command.Parameters.AddWithValue("$seen", before.Sequence);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var tags = new Dictionary<long, int[]>();
        var (current, codes) = (0L, new List<int>());
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetInt64(0) != current)
            {
                tags[current] = [.. codes];
                (current, codes) = (reader.GetInt64(0), []);
            }

            if (before.Vocabulary[Facet.Tag].Intern(reader.GetString(1)) is var code and >= 0)
                codes.Add(code);
        }

        tags[current] = [.. codes];
        return tags;
    }

    private static SearchRow Row(SqliteDataReader reader, long id, int[] tags, Vocabulary words)
    {
        var ownerCode = words[Facet.Owner].Intern(reader.GetString(1));
        var owner = words[Facet.Owner][ownerCode];
        var name = reader.GetString(2);
        var kind = (RepositoryKind)reader.GetInt32(3);
        return new SearchRow
        {
            Id = id,
            Owner = owner,
            Name = name,
            Kind = kind,
            Visibility = (RepositoryVisibility)reader.GetInt32(4),
            OwnerCode = ownerCode,
            DeclaredBase = words[Facet.Base].Intern(Text(reader, 5)),
            BaseRepository = reader.IsDBNull(6) ? 0 : reader.GetInt64(6),
            OwnBaseCode = kind == RepositoryKind.BaseModel ? words[Facet.Base].Intern($"{owner}/{name}") : -1,
            Method = words[Facet.Method].Intern(Text(reader, 7)),
            Rank = words[Facet.Rank].Intern(reader.IsDBNull(8) ? null : reader.GetInt32(8).ToString(CultureInfo.InvariantCulture)),
            Task = words[Facet.Task].Intern(Text(reader, 9)),
            License = words[Facet.License].Intern(Text(reader, 10)),
            Languages = [.. Split(Text(reader, 11)).Select(words[Facet.Language].Intern).Distinct()],
            Tags = tags,
            Created = reader.GetInt64(12),
            Updated = reader.GetInt64(13),
            Downloads = reader.GetInt64(14),
            Likes = reader.GetInt64(15),
            Bytes = reader.GetInt64(16),
            Trending = reader.GetDouble(17),
            Popularity = Relevance.Popularity(reader.GetInt64(14), reader.GetInt64(15)),
        };
    }

    internal static string[] Split(string? commaSeparated) =>
        commaSeparated?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
