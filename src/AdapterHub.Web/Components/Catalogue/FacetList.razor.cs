using AdapterHub.Catalog.Search;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>The values of one facet as links that choose them or take them off, most frequent first, the rest on demand.</summary>
public sealed partial class FacetList : ComponentBase
{
    private readonly string _id = "facet-" + Guid.NewGuid().ToString("N")[..8];
    private FacetCounts? _more;
    private string _part = "";

    [Parameter, EditorRequired] public FacetCounts Counts { get; set; } = null!;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public Func<string, string> AddressOf { get; set; } = null!;

    /// <summary>All values that contain a text.</summary>
    [Parameter, EditorRequired] public Func<string, Task<FacetCounts>> More { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (_more is not null)
            _more = await More(_part);
    }

    private async Task OpenAsync() => _more = await More(_part = "");

    private async Task FindAsync(ChangeEventArgs change) => _more = await More(_part = change.Value?.ToString() ?? "");

    private void Close() => _more = null;
}
