using AdapterHub.Catalog.Database;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>Who sees a repository, in a word.</summary>
public sealed partial class VisibilityBadge : ComponentBase
{
    [Parameter, EditorRequired] public RepositoryVisibility Visibility { get; set; }
}
