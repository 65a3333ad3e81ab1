using AdapterHub.Catalog.Database;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>The state of a run, in a word.</summary>
public sealed partial class RunBadge : ComponentBase
{
    [Parameter, EditorRequired] public RunState State { get; set; }

    private IconName Picture => State switch
    {
        RunState.Succeeded => IconName.CheckCircle,
        RunState.Failed => IconName.Alert,
        RunState.Running => IconName.Run,
        RunState.Cancelled => IconName.Close,
        _ => IconName.Clock,
    };
}
