using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>The words of pages for what the catalogue keeps as numbers.</summary>
internal static class RepositoryWords
{
    public static string Kind(RepositoryKind kind) => kind switch
    {
        RepositoryKind.Adapter => "Adapter",
        RepositoryKind.BaseModel => "Base model",
        RepositoryKind.Dataset => "Dataset",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Visibility(RepositoryVisibility visibility) => visibility switch
    {
        RepositoryVisibility.Public => "public",
        RepositoryVisibility.Unlisted => "unlisted",
        RepositoryVisibility.Private => "private",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility), visibility, null),
    };

    public static string VisibilityMeaning(RepositoryVisibility visibility) => visibility switch
    {
        RepositoryVisibility.Public => "Everybody who reaches this hub sees it, in lists and in search.",
        RepositoryVisibility.Unlisted => "Whoever has the link sees it; it is in no list and no search of others.",
        RepositoryVisibility.Private => "Only its owner and those given a role see it.",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility), visibility, null),
    };

    /// <summary><c>rsLoRA r16</c>; a base model's architecture; null where nothing is known.</summary>
    public static string? Method(RepositoryCard card) => card.Rank is { } rank ? $"{card.Method ?? "LoRA"} r{rank}" : card.Method;
}
