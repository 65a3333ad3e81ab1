using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Everything that a run depends on, as it was asked for.</summary>
public sealed partial class RunSettings : ComponentBase
{
    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;
}
