using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

public enum SuggestionKind
{
    /// <summary>Leads to a repository.</summary>
    Repository,

    /// <summary>Leads to an owner.</summary>
    Owner,

    /// <summary>Narrows the search to a tag.</summary>
    Tag,

    /// <summary>Narrows the search to adapters of a base model.</summary>
    BaseModel,
}

/// <summary>One line below the search box.</summary>
/// <param name="Kind">What choosing it does.</param>
/// <param name="Value"><c>owner/name</c>, an owner's name, a tag or a base model.</param>
/// <param name="RepositoryKind">Of a repository, what it holds.</param>
/// <param name="Count">Of the others, how many repositories there are.</param>
public sealed record Suggestion(SuggestionKind Kind, string Value, RepositoryKind? RepositoryKind, int Count);
