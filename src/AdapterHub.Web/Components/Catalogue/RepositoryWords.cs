using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
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

    /// <summary>At the beginning of a line.</summary>
    public static string VisibilityTitle(RepositoryVisibility visibility) => Capital(Visibility(visibility));

    public static string VisibilityMeaning(RepositoryVisibility visibility) => visibility switch
    {
        RepositoryVisibility.Public => "Everybody who reaches this hub sees it, in lists and in search.",
        RepositoryVisibility.Unlisted => "Whoever has the link sees it; it is in no list and no search of others.",
        RepositoryVisibility.Private => "Only its owner and those given a role see it.",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility), visibility, null),
    };

    public static string Role(AccessRole role) => role switch
    {
        AccessRole.Reader => "reader",
        AccessRole.Writer => "writer",
        AccessRole.Owner => "owner",
        _ => "none",
    };

    public static string RoleMeaning(AccessRole role) => role switch
    {
        AccessRole.Reader => "Sees and downloads it, even while it is private.",
        AccessRole.Writer => "Publishes new versions too, edits the card, and makes and removes branches and tags.",
        AccessRole.Owner => "Decides everything: who sees it, its name, its people, and whether it is deleted.",
        _ => "",
    };

    /// <summary>Days until something that lies in the trash is deleted for good. One that has begun counts whole.</summary>
    public static int DaysInTrash(RepositoryView repository, DateTimeOffset now) =>
        repository.DeletedAt is { } deleted ? Math.Max(0, (int)Math.Ceiling((deleted + RepositoryCatalog.TrashTime - now).TotalDays)) : 0;

    /// <summary><c>rsLoRA r16</c>; a base model's architecture; null where nothing is known.</summary>
    public static string? Method(RepositoryCard card) => card.Rank is { } rank ? $"{card.Method ?? "LoRA"} r{rank}" : card.Method;

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
