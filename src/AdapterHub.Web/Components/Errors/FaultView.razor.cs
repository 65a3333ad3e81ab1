using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Errors;

/// <summary>
/// A page's worth of "that did not work": what happened, what to do, and a reference to find it in the log. Error pages and the boundary show it.
/// </summary>
public sealed partial class FaultView : ComponentBase
{
    /// <summary>The status of HTTP; null where there is none.</summary>
    [Parameter] public int? Code { get; set; }

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter] public string? Reference { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }
}
