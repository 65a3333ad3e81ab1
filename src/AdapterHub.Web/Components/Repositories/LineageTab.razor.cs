using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Parents on the left, this in the middle, children on the right; one below the other on a phone.</summary>
public sealed partial class LineageTab(LineageReader reader, ActorAccessor actors) : ComponentBase
{
    private Lineage? _lineage;
    private RepositoryName? _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Repository.Name)
            return;
        _shown = Repository.Name;
        _lineage = await reader.GetAsync(await actors.GetAsync(), Repository.Name, default);
    }
}
