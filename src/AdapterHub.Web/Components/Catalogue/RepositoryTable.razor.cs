using AdapterHub.Catalog.Search;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>Repositories as rows, to compare many.</summary>
public sealed partial class RepositoryTable : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<RepositoryCard> Items { get; set; } = [];

    [Parameter] public bool ShowsKind { get; set; }
}
