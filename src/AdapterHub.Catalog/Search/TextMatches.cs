using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>Which repositories have the words of a text, visible or not, and how well they fit.</summary>
internal sealed class TextMatches
{
    /// <summary>Weights of the columns of SearchDocuments in their order: a word in the name says more than one in the card.</summary>
    internal const string RankedSql = """
        SELECT rowid, -bm25("SearchDocuments", 10.0, 4.0, 6.0, 5.0, 4.0, 2.0, 1.0) FROM "SearchDocuments" WHERE "SearchDocuments" MATCH $words
        """;

    internal const string PlainSql = """SELECT rowid, 0.0 FROM "SearchDocuments" WHERE "SearchDocuments" MATCH $words""";

    internal const string DigestSql = """
        SELECT DISTINCT c."RepositoryId", 0.0 FROM "CommitFiles" AS f JOIN "Commits" AS c ON c."Key" = f."CommitKey" WHERE f."Digest" = $words
        """;

    private TextMatches(List<(long Id, double Score)>? wanted, HashSet<long> unwanted)
    {
        Wanted = wanted;
        Unwanted = unwanted;
    }

    /// <summary>Null when the text asks for nothing, so that everything matches.</summary>
    internal List<(long Id, double Score)>? Wanted { get; }

    internal HashSet<long> Unwanted { get; }

    /// <param name="context">A reading context.</param>
    /// <param name="text">As typed. A whole SHA-256 finds the repositories that hold the file.</param>
    /// <param name="ranked">Whether scores are needed; without them it is quicker.</param>
    /// <param name="cancel">Stops between statements.</param>
    internal static async Task<TextMatches> FindAsync(CatalogContext context, string? text, bool ranked, CancellationToken cancel)
    {
        if (FileDigest.TryParse(text, out var digest) && digest.Length == FileDigest.Length)
            return new TextMatches(await ReadAsync(context, DigestSql, digest, cancel), []);
        var expression = SearchExpression.Parse(text);
        var wanted = expression.Wanted is null ? null : await ReadAsync(context, ranked ? RankedSql : PlainSql, expression.Wanted, cancel);
        var unwanted = expression.Unwanted is null ? [] : await ReadAsync(context, PlainSql, expression.Unwanted, cancel);
        return new TextMatches(wanted, [.. unwanted.Select(match => match.Id)]);
    }

    private static async Task<List<(long Id, double Score)>> ReadAsync(CatalogContext context, string sql, string words, CancellationToken cancel)
    {
        await using var command = SnapshotReader.Command(context, sql);
        command.Parameters.AddWithValue("$words", words);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var matches = new List<(long, double)>();
        while (reader.Read())
            matches.Add((reader.GetInt64(0), reader.GetDouble(1)));
        return matches;
    }
}
