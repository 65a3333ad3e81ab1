using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>What a run waits for, and what waits for it.</summary>
public sealed partial class RunLinks : ComponentBase
{
    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;
}
