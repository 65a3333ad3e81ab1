using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>Which repositories have the words of a text, visible or not, and how well they fit.</summary>
internal sealed class TextMatches : IDisposable
{
    /// <summary>
    /// Up to so many matches are scored by their words. A score costs about 2 microseconds, a match without 0.1, and where thousands match (a word
    /// still being typed, mostly) popularity and names order better than the frequency of a word that is everywhere.
    /// </summary>
    internal const int MostScored = 4000;

    /// <summary>All ids as one text: stepping through 100,000 rows from outside takes SQLite's own time three times over.</summary>
    internal const string MatchSql = """SELECT group_concat(rowid) FROM "SearchDocuments" WHERE "SearchDocuments" MATCH $words""";

    /// <summary>Weights of the columns in their order: a word in the name says more than one in the card.</summary>
    internal const string ScoreSql = """
        SELECT rowid, -bm25("SearchDocuments", 10.0, 4.0, 6.0, 5.0, 4.0, 2.0, 1.0) FROM "SearchDocuments" WHERE "SearchDocuments" MATCH $words
        """;

    internal const string DigestSql = """
        SELECT group_concat(DISTINCT c."RepositoryId")
        FROM "CommitFiles" AS f JOIN "Commits" AS c ON c."Key" = f."CommitKey" WHERE f."Digest" = $words
        """;

    private TextMatches()
    {
    }

    /// <summary>Null when the text asks for nothing, so that everything matches.</summary>
    internal IdBuffer? Wanted { get; private init; }

    /// <summary>What the text rules out.</summary>
    internal HashSet<long> Unwanted { get; private init; } = [];

    /// <summary>Weighted bm25, greater for what fits better; null when not asked for, or when too many match for it to say anything.</summary>
    internal Dictionary<long, double>? Scores { get; private init; }

    /// <param name="context">A reading context, open.</param>
    /// <param name="text">As typed. A whole SHA-256 finds the repositories that hold the file.</param>
    /// <param name="scored">Whether scores are needed.</param>
    internal static TextMatches Find(CatalogContext context, string? text, bool scored)
    {
        if (FileDigest.TryParse(text, out var digest) && digest.Length == FileDigest.Length)
            return new TextMatches { Wanted = Read(context, DigestSql, digest) };
        var expression = SearchExpression.Parse(text);
        var wanted = expression.Wanted is null ? null : Read(context, MatchSql, expression.Wanted);
        using var unwanted = expression.Unwanted is null ? null : Read(context, MatchSql, expression.Unwanted);
        return new TextMatches
        {
            Wanted = wanted,
            Unwanted = unwanted is null ? [] : [.. unwanted.Ids],
            Scores = scored && wanted is { Count: > 0 and <= MostScored } ? Score(context, expression.Wanted!) : null,
        };
    }

    /// <summary>Those with the words in their name, their owner's name or their title; not scored.</summary>
    internal static TextMatches FindNames(CatalogContext context, string text) => SearchExpression.Parse(text).Wanted is { } wanted
        ? new TextMatches { Wanted = Read(context, MatchSql, $"{{Name Owner Title}} : ({wanted})") }
        : new TextMatches();

    public void Dispose() => Wanted?.Dispose();

    private static IdBuffer Read(CatalogContext context, string sql, string words)
    {
        using var command = SnapshotReader.Command(context, sql);
        command.Parameters.AddWithValue("$words", words);
        using var reader = command.ExecuteReader();
        reader.Read();
        var ids = new IdBuffer();
        if (!reader.IsDBNull(0))
            ids.AddNumbers(reader.GetFieldValue<byte[]>(0));
        return ids;
    }

    private static Dictionary<long, double> Score(CatalogContext context, string words)
    {
        using var command = SnapshotReader.Command(context, ScoreSql);
        command.Parameters.AddWithValue("$words", words);
        using var reader = command.ExecuteReader();
        var scores = new Dictionary<long, double>();
        while (reader.Read())
            scores[reader.GetInt64(0)] = reader.GetDouble(1);
        return scores;
    }
}
