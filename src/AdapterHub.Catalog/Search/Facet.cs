namespace AdapterHub.Catalog.Search;

/// <summary>A property that results are counted and narrowed by.</summary>
public enum Facet
{
    Kind,
    Base,
    Method,
    Rank,
    Tag,
    Task,
    License,
    Owner,
    Language,
}

public static class Facets
{
    public static IReadOnlyList<Facet> All { get; } = Enum.GetValues<Facet>();

    /// <summary>The facet's key in a URL and in the API.</summary>
    public static string Key(Facet facet) => facet switch
    {
        Facet.Kind => "kind",
        Facet.Base => "base",
        Facet.Method => "method",
        Facet.Rank => "rank",
        Facet.Tag => "tag",
        Facet.Task => "task",
        Facet.License => "license",
        Facet.Owner => "owner",
        Facet.Language => "language",
        _ => throw new ArgumentOutOfRangeException(nameof(facet), facet, null),
    };
}
