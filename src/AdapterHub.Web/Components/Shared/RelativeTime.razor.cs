using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// "3 days ago", the exact time in the title.
/// <c>&lt;RelativeTime Time="@revision.CreatedAt" /&gt;</c>
/// </summary>
public sealed partial class RelativeTime(TimeProvider clock) : ComponentBase
{
    [Parameter, EditorRequired] public DateTimeOffset Time { get; set; }
}
