using System.Text.Json.Serialization;

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

[JsonConverter(typeof(WordConverter<HubSuggestionKind>))]
public enum HubSuggestionKind
{
    /// <summary>Leads to a repository.</summary>
    [JsonStringEnumMemberName("repository")]
    Repository,

    /// <summary>Leads to an owner.</summary>
    [JsonStringEnumMemberName("owner")]
    Owner,

    /// <summary>Narrows a search to a tag.</summary>
    [JsonStringEnumMemberName("tag")]
    Tag,

    /// <summary>Narrows a search to adapters of a base model.</summary>
    [JsonStringEnumMemberName("base-model")]
    BaseModel,
}

/// <summary>What a text that is being typed may mean.</summary>
/// <param name="Value"><c>owner/name</c>, an owner's name, a tag or a base model.</param>
/// <param name="Count">Of the others than repositories, how many repositories there are.</param>
/// <param name="RepositoryKind">Of a repository, what it holds.</param>
public sealed record HubSuggestion(HubSuggestionKind Kind, string Value, int Count, HubRepositoryKind? RepositoryKind = null);

/// <summary>A file found by its digest.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Digest">All 64 digits.</param>
/// <param name="Revision">The newest commit that has the file under this path.</param>
/// <param name="IsCurrent">Whether that is the newest of the default branch.</param>
public sealed record HubFileHolder(string Repository, HubRepositoryKind Kind, string Path, string Digest, long Length, string Revision, bool IsCurrent);

/// <param name="Total">Over all pages.</param>
public sealed record HubOwnerPage(IReadOnlyList<HubOwnerCard> Owners, int Total);

/// <summary>An owner as lists tell it; what is counted is what the asking person sees.</summary>
public sealed record HubOwnerCard(
    string Name, HubOwnerKind Kind, int Adapters, int BaseModels, int Datasets, long Likes, long Downloads, string? DisplayName = null, string? About = null);

/// <param name="Total">Over all pages.</param>
public sealed record HubBaseModelPage(IReadOnlyList<HubBaseModelCard> BaseModels, int Total);

/// <summary>A base model that adapters name, in this hub or elsewhere.</summary>
/// <param name="Name">For <c>base</c> of a search.</param>
/// <param name="Adapters">How many of its adapters the asking person sees.</param>
/// <param name="Repository">Where it is in this hub.</param>
public sealed record HubBaseModelCard(string Name, int Adapters, HubSearchItem? Repository = null);
