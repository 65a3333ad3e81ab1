using System.Globalization;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Benchmarks.Catalog;

/// <summary>
/// Fills a catalogue with adapters: the same ones for the same seed. Rows go in by prepared statements in one transaction, with the words that
/// SearchIndex would write; there are no bytes behind the files.
/// </summary>
internal sealed class GeneratedCatalog(SqliteConnection connection, CatalogVocabulary words, int seed)
{
    private const long Day = 86_400_000;

    /// <summary>2026-11-01.</summary>
    private const long Now = 1_793_491_200_000;
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, (SqliteCommand Command, SqliteParameter[] Values)> _statements = [];

    internal static async Task MakeAsync(IDbContextFactory<CatalogContext> contexts, int adapters, int seed)
    {
        await using var context = await contexts.CreateDbContextAsync();
        await context.Database.OpenConnectionAsync();
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync();
        var catalog = new GeneratedCatalog(connection, new CatalogVocabulary(seed), seed);
        catalog.Write(adapters);
        await transaction.CommitAsync();
        await using var optimize = connection.CreateCommand();
        optimize.CommandText = "INSERT INTO SearchDocuments (SearchDocuments) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;";
        await optimize.ExecuteNonQueryAsync();
    }

    private void Write(int adapters)
    {
        var owners = words.Owners.Select((name, at) => (Name: name, Id: at + 1L)).ToList();
        foreach (var (name, id) in owners.Append(("adapterhub", owners.Count + 1L)))
        {
            Insert("Owners", "Id, Name, Kind, CreatedAt", id, name, id % 5 == 0 ? 1 : 0, Now);
            if (id % 5 != 0)
                Insert("Users", "OwnerId, UserName, NormalizedUserName, IsAdministrator, CreatedAt, EmailConfirmed, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount",
                    id, name, name.ToUpperInvariant(), 0, Now, 0, 0, 0, 0, 0);
        }

        // Every third base model is in the hub; adapters of the others name what is elsewhere.
        var bases = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in words.Bases.Where((_, at) => at % 3 == 0))
            bases[name] = WriteRepository(bases.Count + 1, owners.Count + 1, "adapterhub", name.Split('/')[1], RepositoryKind.BaseModel, null, null);
        var names = new HashSet<(long, string)>();
        for (var id = bases.Count + 1; id <= bases.Count + adapters; id++)
        {
            var owner = CatalogVocabulary.Skewed(_random, owners);
            var baseModel = CatalogVocabulary.Skewed(_random, words.Bases);
            var name = Name(baseModel);
            if (!names.Add((owner.Id, name)))
                name += $"-v{id}";
            WriteRepository(id, owner.Id, owner.Name, name, RepositoryKind.Adapter, baseModel, bases.TryGetValue(baseModel, out var found) ? found : null);
        }
    }

    private string Name(string baseModel)
    {
        var topic = CatalogVocabulary.Skewed(_random, CatalogVocabulary.Topics);
        var shape = _random.Next(5);
        var own = CatalogVocabulary.Skewed(_random, words.Words);
        return shape switch
        {
            0 => $"{topic}-lora",
            1 => $"{own}-{topic}",
            2 => $"{baseModel.Split('/')[1]}-{topic}",
            3 => $"{CultureInfo.InvariantCulture.TextInfo.ToTitleCase(own)}{_random.Next(1, 4)}-r{CatalogVocabulary.Skewed(_random, CatalogVocabulary.Ranks)}",
            _ => $"{own}_{CatalogVocabulary.Skewed(_random, words.Words)}",
        };
    }

    private long WriteRepository(long id, long ownerId, string owner, string name, RepositoryKind kind, string? baseModel, long? baseId)
    {
        var created = Now - (long)(_random.NextDouble() * 700 * Day);
        var updated = created + (long)(_random.NextDouble() * (Now - created));
        var visibility = _random.Next(100) switch { 0 or 1 => 2, 2 => 1, _ => 0 };
        var likes = (long)(Math.Pow(_random.NextDouble(), -0.7) - 1);
        var title = name.Replace('-', ' ');
        var summary = words.Sentence(_random, 14);
        var tags = Enumerable.Range(0, _random.Next(1, 8)).Select(_ => CatalogVocabulary.Skewed(_random, words.Tags)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var digest = id.ToString("x64", CultureInfo.InvariantCulture);
        Insert("Repositories",
            "Id, OwnerId, Name, Kind, Visibility, CreatedAt, UpdatedAt, Title, Summary, License, BaseModel, BaseRepositoryId, Method, Rank, Alpha, Parameters, Bytes, Task, Library, Languages, WeightsDigest, Downloads, Likes, Trending",
            id, ownerId, name, (int)kind, visibility, created, updated, title, summary,
            _random.Next(8) == 0 ? null : CatalogVocabulary.Skewed(_random, CatalogVocabulary.Licenses), baseModel, baseId,
            kind == RepositoryKind.Adapter ? CatalogVocabulary.Skewed(_random, CatalogVocabulary.Methods) : "llama",
            kind == RepositoryKind.Adapter ? CatalogVocabulary.Skewed(_random, CatalogVocabulary.Ranks) : null, 32.0,
            _random.Next(100_000, 90_000_000), (long)_random.Next(1_000, 500_000) * 1000, CatalogVocabulary.Skewed(_random, CatalogVocabulary.Tasks), "peft",
            _random.Next(3) == 0 ? null : CatalogVocabulary.Skewed(_random, CatalogVocabulary.Languages), digest,
            likes * _random.Next(1, 60), likes, 0.0);
        if (likes > 0)
            Insert("DownloadDays", "RepositoryId, Day, Count", id, (Now / Day) - _random.Next(0, 60), likes);
        foreach (var tag in tags)
            Insert("RepositoryTags", "RepositoryId, Tag", id, tag);
        Insert("SearchDocuments", "rowid, Name, Owner, Title, Tags, Base, Summary, Body", id, SearchText.Expanded(name), SearchText.Expanded(owner),
            SearchText.Expanded(title), string.Join(' ', tags.Select(SearchText.Expanded)), SearchText.Expanded(baseModel), summary,
            string.Join(' ', Enumerable.Range(0, _random.Next(4, 16)).Select(_ => words.Sentence(_random, 10))));
        Insert("Blobs", "Digest, Length, GitOid, CreatedAt", digest, 1000 + id, digest[..40], created);
        Insert("Commits", "Key, Id, RepositoryId, AuthorName, Title, CreatedAt", id, digest[24..], id, owner, "first", created);
        Insert("CommitFiles", "CommitKey, Path, Digest, Length", id, "adapter_model.safetensors", digest, 1000 + id);
        Insert("\"References\"", "RepositoryId, Kind, Name, CommitKey", id, 0, "main", id);
        return id;
    }

    private void Insert(string table, string columns, params object?[] values)
    {
        if (!_statements.TryGetValue(table, out var statement))
        {
            var command = connection.CreateCommand();
#pragma warning disable CA2100 // Built of this file's own words.
            command.CommandText = $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", values.Select((_, at) => $"$p{at}"))})";
#pragma warning restore CA2100
            statement = (command, [.. values.Select((_, at) => command.Parameters.AddWithValue($"$p{at}", DBNull.Value))]);
            _statements.Add(table, statement);
        }

        for (var at = 0; at < values.Length; at++)
            statement.Values[at].Value = values[at] ?? DBNull.Value;
        statement.Command.ExecuteNonQuery();
    }
}
