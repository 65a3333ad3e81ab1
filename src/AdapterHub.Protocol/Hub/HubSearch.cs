namespace AdapterHub.Protocol.Hub;

/// <summary>One page of results.</summary>
/// <param name="Items">In the order asked for.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Offset">How many lie before the first item.</param>
/// <param name="Facets">How many results each value of a property has, by the property's key in the query.</param>
/// <param name="Next">For <c>after</c> of the next page; absent on the last.</param>
public sealed record HubSearchPage(
    IReadOnlyList<HubSearchItem> Items, int Total, int Offset, IReadOnlyDictionary<string, IReadOnlyList<HubFacetValue>> Facets, string? Next = null);

/// <param name="Value">As it goes into the query.</param>
/// <param name="Count">Results that have it.</param>
/// <param name="Selected">Whether the query chose it.</param>
public sealed record HubFacetValue(string Value, int Count, bool Selected = false);

/// <summary>What a list tells of a repository.</summary>
public sealed record HubSearchItem
{
    /// <summary><c>owner/name</c>.</summary>
    public required string Name { get; init; }

    public required HubRepositoryKind Kind { get; init; }

    public required HubVisibility Visibility { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    /// <summary>The base model as the card names it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The base model's repository in this hub.</summary>
    public string? BaseRepository { get; init; }

    public string? Method { get; init; }

    public int? Rank { get; init; }

    public long? Parameters { get; init; }

    /// <summary>All files of the newest revision, in bytes.</summary>
    public required long Bytes { get; init; }

    public string? Task { get; init; }

    public string? License { get; init; }

    public IReadOnlyList<string> Languages { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required long Downloads { get; init; }

    public required long Likes { get; init; }

    /// <summary>Whether the asking person likes it.</summary>
    public bool Liked { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>SHA-256 of the weights, where there is one file of them.</summary>
    public string? WeightsDigest { get; init; }
}
