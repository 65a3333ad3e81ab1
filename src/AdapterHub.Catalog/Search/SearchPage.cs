using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>One page of results.</summary>
/// <param name="Items">In the order of the query.</param>
/// <param name="Total">How many there are on all pages; exact.</param>
/// <param name="Offset">How many lie before the first item.</param>
/// <param name="Next">For <see cref="SearchQuery.After"/>; null on the last page.</param>
/// <param name="Facets">Every facet with its counts.</param>
public sealed record SearchPage(IReadOnlyList<RepositoryCard> Items, int Total, int Offset, string? Next, IReadOnlyList<FacetCounts> Facets)
{
    public FacetCounts this[Facet facet] => Facets.First(counts => counts.Facet == facet);
}

/// <summary>
/// The values of one facet among the results. Counts answer "how many if I chose this": within a facet values are alternatives, so a count ignores
/// the other values chosen in the same facet; tags must all be there, so a tag's count is of results that have the chosen tags too.
/// </summary>
/// <param name="Facet">Which one.</param>
/// <param name="Values">The most frequent ones and every chosen one; ranks in numerical order, others by count.</param>
/// <param name="Distinct">How many values there are, shown or not.</param>
public sealed record FacetCounts(Facet Facet, IReadOnlyList<FacetValue> Values, int Distinct);

/// <param name="Value">As it goes into <see cref="SearchQuery"/>.</param>
/// <param name="Count">Zero only for a chosen value that nothing has any more.</param>
/// <param name="Selected">Whether the query chose it.</param>
public sealed record FacetValue(string Value, int Count, bool Selected);

/// <summary>What a card or a row of a list shows of a repository.</summary>
public sealed record RepositoryCard
{
    public required long Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public string FullName => $"{Owner}/{Name}";
    public required RepositoryKind Kind { get; init; }
    public required RepositoryVisibility Visibility { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }

    /// <summary>As the card names it.</summary>
    public required string? BaseModel { get; init; }

    /// <summary><c>owner/name</c> of the base model in this hub, where there is one that the actor sees.</summary>
    public required string? BaseRepository { get; init; }
    public required string? Method { get; init; }
    public required int? Rank { get; init; }
    public required long? Parameters { get; init; }

    /// <summary>Bytes of the newest revision.</summary>
    public required long Bytes { get; init; }
    public required string? Task { get; init; }
    public required string? License { get; init; }
    public required IReadOnlyList<string> Languages { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required long Downloads { get; init; }
    public required long Likes { get; init; }

    /// <summary>Whether the actor likes it.</summary>
    public required bool Liked { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of a base model: how many adapters of it the actor sees.</summary>
    public required int? Adapters { get; init; }

    /// <summary>Digest of the weights, by which the picture of their anatomy is kept; null where there is none.</summary>
    public required string? Thumbnail { get; init; }
}
