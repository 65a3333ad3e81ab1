using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>The order of results. Names, dates and counts order the obvious way: newest, most and largest first, names from A.</summary>
public enum SearchSort
{
    /// <summary>Relevance with a text, trending without.</summary>
    Default,
    Relevance,
    Trending,
    Newest,
    Updated,
    Downloads,
    Likes,
    Size,
    Name,
}

/// <summary>Ranks from <paramref name="Least"/> to <paramref name="Most"/>, both included; null is open.</summary>
public readonly record struct RankRange(int? Least, int? Most)
{
    public bool Contains(int rank) => !(rank < Least) && !(rank > Most);
}

/// <summary>
/// What somebody looks for. Values within one list are alternatives, except tags, which must all be there; different lists narrow one another.
/// Values compare without regard to case. <see cref="SearchQueryString"/> maps it to the query part of a URL and back.
/// </summary>
public sealed record SearchQuery
{
    public const int LongestText = 200;
    public const int MostValues = 40;
    public const int DefaultSize = 24;
    public const int LargestSize = 100;

    public static SearchQuery Everything { get; } = new();

    /// <summary>As typed; null or blank for none.</summary>
    public string? Text { get; init; }

    public IReadOnlyList<RepositoryKind> Kinds { get; init; } = [];

    /// <summary><c>owner/name</c> of base models in this hub, or the name that cards give.</summary>
    public IReadOnlyList<string> Bases { get; init; } = [];
    public IReadOnlyList<string> Methods { get; init; } = [];
    public IReadOnlyList<RankRange> Ranks { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<string> Tasks { get; init; } = [];
    public IReadOnlyList<string> Licenses { get; init; } = [];
    public IReadOnlyList<string> Owners { get; init; } = [];
    public IReadOnlyList<string> Languages { get; init; } = [];
    public SearchSort Sort { get; init; }

    /// <summary><see cref="SearchPage.Next"/> of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Items a page, 1 to <see cref="LargestSize"/>.</summary>
    public int Size { get; init; } = DefaultSize;

    /// <summary>The order that <see cref="Sort"/> comes to.</summary>
    public SearchSort EffectiveSort
    {
        get
        {
            var ranked = !string.IsNullOrWhiteSpace(Text);
            return Sort switch
            {
                SearchSort.Default => ranked ? SearchSort.Relevance : SearchSort.Trending,
                SearchSort.Relevance when !ranked => SearchSort.Trending,
                var sort => sort,
            };
        }
    }

    /// <summary>True when a text or any value narrows the search.</summary>
    public bool Narrows => !string.IsNullOrWhiteSpace(Text) || Facets.All.Any(facet => ValuesOf(facet).Count > 0);

    /// <summary>The values chosen in a facet, written as in the URL.</summary>
    public IReadOnlyList<string> ValuesOf(Facet facet) => facet switch
    {
        Facet.Kind => [.. Kinds.Select(SearchQueryString.Written)],
        Facet.Base => Bases,
        Facet.Method => Methods,
        Facet.Rank => [.. Ranks.Select(SearchQueryString.Written)],
        Facet.Tag => Tags,
        Facet.Task => Tasks,
        Facet.License => Licenses,
        Facet.Owner => Owners,
        Facet.Language => Languages,
        _ => throw new ArgumentOutOfRangeException(nameof(facet), facet, null),
    };

    /// <summary>The query with other values in one facet, at its first page.</summary>
    public SearchQuery With(Facet facet, IEnumerable<string> values)
    {
        var list = values.ToList();
        var first = this with { After = null };
        return facet switch
        {
            Facet.Kind => first with { Kinds = SearchQueryString.ReadKinds(list) },
            Facet.Base => first with { Bases = list },
            Facet.Method => first with { Methods = list },
            Facet.Rank => first with { Ranks = SearchQueryString.ReadRanks(list) },
            Facet.Tag => first with { Tags = list },
            Facet.Task => first with { Tasks = list },
            Facet.License => first with { Licenses = list },
            Facet.Owner => first with { Owners = list },
            Facet.Language => first with { Languages = list },
            _ => throw new ArgumentOutOfRangeException(nameof(facet), facet, null),
        };
    }

    /// <summary>The query with a value of a facet chosen, or no longer chosen if it was; at its first page.</summary>
    public SearchQuery Toggle(Facet facet, string value)
    {
        var values = ValuesOf(facet);
        return With(facet, values.Contains(value, StringComparer.OrdinalIgnoreCase)
            ? values.Where(chosen => !chosen.Equals(value, StringComparison.OrdinalIgnoreCase))
            : values.Append(value));
    }

    /// <summary>Two queries are equal when they ask for the same, in whatever order their values stand.</summary>
    public bool Equals(SearchQuery? other) =>
        other is not null && SearchQueryString.Write(this).Equals(SearchQueryString.Write(other), StringComparison.Ordinal);

    public override int GetHashCode() => SearchQueryString.Write(this).GetHashCode(StringComparison.Ordinal);
}
