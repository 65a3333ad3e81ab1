using AdapterHub.Catalog.Database;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>A role, named.</summary>
public sealed partial class RoleWord : ComponentBase
{
    [Parameter, EditorRequired] public AccessRole Role { get; set; }
}
