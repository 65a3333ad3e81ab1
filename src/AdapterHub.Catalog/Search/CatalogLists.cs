using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>A part of a list that is longer.</summary>
public sealed record ListPart<T>(IReadOnlyList<T> Items, int Total);

/// <summary>An owner as lists show it; what is counted is what the actor sees.</summary>
public sealed record OwnerCard(
    string Name, string? DisplayName, OwnerKind Kind, string? About, int Adapters, int BaseModels, int Datasets, long Likes, long Downloads);

/// <summary>A base model that adapters name, in this hub or elsewhere.</summary>
/// <param name="Name">For <see cref="SearchQuery.Bases"/>.</param>
/// <param name="Adapters">How many adapters of it the actor sees.</param>
/// <param name="Repository">Its repository, where it is in this hub and the actor sees it.</param>
public sealed record BaseModelCard(string Name, int Adapters, RepositoryCard? Repository);

/// <summary>A tag with what carries it.</summary>
/// <param name="Tag">As written here.</param>
/// <param name="Related">Tags that go with it, most frequent first.</param>
/// <param name="Results">The repositories.</param>
public sealed record TagPage(string Tag, IReadOnlyList<FacetValue> Related, SearchPage Results);

/// <summary>A file found by its digest.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Kind">What the repository holds.</param>
/// <param name="Path">The file's path in it.</param>
/// <param name="Digest">All 64 digits.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Revision">The newest revision that has the file under this path.</param>
/// <param name="IsCurrent">Whether that is the newest revision of main.</param>
public sealed record FileHolder(string Repository, RepositoryKind Kind, string Path, string Digest, long Length, string Revision, bool IsCurrent);
