using AdapterHub.Catalog.Search;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>A repository in a grid of them; all of it is the link.</summary>
public sealed partial class RepositoryTile : ComponentBase
{
    [Parameter, EditorRequired] public RepositoryCard Item { get; set; } = null!;

    /// <summary>Where kinds are mixed.</summary>
    [Parameter] public bool ShowsKind { get; set; }
}
