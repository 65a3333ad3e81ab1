using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>What the files and the card say of themselves, in a list.</summary>
public sealed partial class FactsPanel : ComponentBase
{
    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;
}
