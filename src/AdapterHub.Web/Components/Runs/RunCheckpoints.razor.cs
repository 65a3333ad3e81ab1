using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Where a run can go on, and what came of it.</summary>
public sealed partial class RunCheckpoints : ComponentBase
{
    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;
}
