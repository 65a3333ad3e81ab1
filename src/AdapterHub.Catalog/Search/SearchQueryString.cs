using System.Globalization;
using System.Text;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// The one place where a search meets a URL: <c>?q=bible&amp;base=adapterhub/inkwell&amp;rank=8..32&amp;sort=likes</c>. Reading never fails: unknown
/// keys and unreadable values are left out. Writing is canonical: fixed order of keys, sorted values, nothing that is a default.
/// </summary>
public static class SearchQueryString
{
    private static readonly (SearchSort Sort, string Key)[] Sorts =
    [
        (SearchSort.Relevance, "relevance"), (SearchSort.Trending, "trending"), (SearchSort.Newest, "newest"), (SearchSort.Updated, "updated"),
        (SearchSort.Downloads, "downloads"), (SearchSort.Likes, "likes"), (SearchSort.Size, "size"), (SearchSort.Name, "name"),
    ];

    private static readonly (RepositoryKind Kind, string Key)[] Kinds =
        [(RepositoryKind.Adapter, "adapter"), (RepositoryKind.BaseModel, "base-model"), (RepositoryKind.Dataset, "dataset")];

    /// <param name="queryString">With or without the leading question mark.</param>
    public static SearchQuery Read(string? queryString)
    {
        var pairs = Pairs(queryString ?? "").ToLookup(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        return new SearchQuery
        {
            Text = Text(pairs["q"].FirstOrDefault()),
            Kinds = ReadKinds(pairs[Facets.Key(Facet.Kind)]),
            Bases = Values(pairs, Facet.Base),
            Methods = Values(pairs, Facet.Method),
            Ranks = ReadRanks(pairs[Facets.Key(Facet.Rank)]),
            Tags = Values(pairs, Facet.Tag),
            Tasks = Values(pairs, Facet.Task),
            Licenses = Values(pairs, Facet.License),
            Owners = Values(pairs, Facet.Owner),
            Languages = Values(pairs, Facet.Language),
            Sort = Sorts.FirstOrDefault(sort => sort.Key.Equals(pairs["sort"].FirstOrDefault(), StringComparison.OrdinalIgnoreCase)).Sort,
            After = pairs["after"].FirstOrDefault(value => value.Length > 0),
            Size = int.TryParse(pairs["size"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? Math.Clamp(size, 1, SearchQuery.LargestSize) : SearchQuery.DefaultSize,
        };
    }

    /// <summary>Without a question mark; empty for <see cref="SearchQuery.Everything"/>.</summary>
    public static string Write(SearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var written = new StringBuilder();
        Append("q", Text(query.Text));
        foreach (var facet in Facets.All)
        {
            foreach (var value in Canonical(query.ValuesOf(facet)).Order(StringComparer.OrdinalIgnoreCase))
                Append(Facets.Key(facet), value);
        }

        Append("sort", Sorts.FirstOrDefault(sort => sort.Sort == query.Sort).Key);
        if (query.Size != SearchQuery.DefaultSize)
            Append("size", Math.Clamp(query.Size, 1, SearchQuery.LargestSize).ToString(CultureInfo.InvariantCulture));
        Append("after", query.After);
        return written.ToString();

        void Append(string key, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            if (written.Length > 0)
                written.Append('&');
            // Slash, comma and colon may stand in a query, and names with them stay legible.
            written.Append(key).Append('=').Append(Uri.EscapeDataString(value)
                .Replace("%2F", "/", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal)
                .Replace("%3A", ":", StringComparison.Ordinal).Replace("%20", "+", StringComparison.Ordinal));
        }
    }

    internal static string Written(RepositoryKind kind) => Kinds.First(known => known.Kind == kind).Key;

    internal static string Written(RankRange rank) => rank.Least == rank.Most && rank.Least is not null
        ? rank.Least.Value.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{rank.Least}..{rank.Most}");

    internal static IReadOnlyList<RepositoryKind> ReadKinds(IEnumerable<string> values) =>
        [.. Kinds.Where(kind => values.Contains(kind.Key, StringComparer.OrdinalIgnoreCase)).Select(kind => kind.Kind)];

    internal static IReadOnlyList<RankRange> ReadRanks(IEnumerable<string> values) =>
        [.. values.Select(ReadRank).Where(rank => rank.Least is not null || rank.Most is not null).Distinct()
            .OrderBy(rank => rank.Least ?? 0).ThenBy(rank => rank.Most ?? int.MaxValue).Take(SearchQuery.MostValues)];

    /// <summary><c>16</c>, <c>8..32</c>, <c>..8</c> or <c>64..</c>; anything else gives a range with neither end.</summary>
    private static RankRange ReadRank(string value)
    {
        var dots = value.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
            return Number(value) is { } rank ? new RankRange(rank, rank) : default;
        var (least, most) = (value[..dots], value[(dots + 2)..]);
        var readable = (least.Length == 0 || Number(least) is not null) && (most.Length == 0 || Number(most) is not null);
        return readable ? new RankRange(Number(least), Number(most)) : default;

        static int? Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static List<string> Values(ILookup<string, string> pairs, Facet facet) => Canonical(pairs[Facets.Key(facet)]);

    private static List<string> Canonical(IEnumerable<string> values) =>
        [.. values.Select(value => value.Trim()).Where(value => value.Length is > 0 and <= SearchQuery.LongestText)
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(SearchQuery.MostValues)];

    private static string? Text(string? typed)
    {
        var text = typed?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        return text.Length <= SearchQuery.LongestText ? text : text[..SearchQuery.LongestText].TrimEnd();
    }

    private static IEnumerable<(string Key, string Value)> Pairs(string queryString)
    {
        foreach (var pair in queryString.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                yield return (Unescaped(pair[..equals]), Unescaped(pair[(equals + 1)..]));
        }
    }

    private static string Unescaped(string escaped) => Uri.UnescapeDataString(escaped.Replace('+', ' '));
}
