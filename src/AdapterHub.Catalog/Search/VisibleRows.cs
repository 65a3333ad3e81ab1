using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>Which rows an actor may see in lists: those that are public, and the others of <paramref name="hidden"/>.</summary>
internal sealed class VisibleRows(HashSet<long> hidden)
{
    internal static VisibleRows PublicOnly { get; } = new([]);

    internal bool IsPublicOnly => hidden.Count == 0;

    internal bool Sees(SearchRow? row) => row is not null && (row.Visibility == RepositoryVisibility.Public || hidden.Contains(row.Id));

    /// <summary>
    /// The base model by which a row is counted: the repository's present name where the actor sees it, else what the card says, so that the name
    /// of a hidden repository shows nowhere.
    /// </summary>
    internal int BaseOf(SearchRow row, CatalogSnapshot snapshot)
    {
        if (row.BaseRepository == 0)
            return row.DeclaredBase;
        var linked = snapshot.Find(row.BaseRepository);
        return linked is { OwnBaseCode: >= 0 } && Sees(linked) ? linked.OwnBaseCode : row.DeclaredBase;
    }
}
