using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Stands where a list has nothing: says why, and what to do next.
/// <c>&lt;EmptyState Icon="IconName.Search" Title="No adapter fits"&gt;Fewer filters find more.&lt;/EmptyState&gt;</c>
/// </summary>
public sealed partial class EmptyState : ComponentBase
{
    [Parameter] public IconName Icon { get; set; } = IconName.Search;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }
}
