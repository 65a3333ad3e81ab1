using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What else could have stood in a place, in the lane and in the base.</summary>
public sealed partial class TokenPanel : ComponentBase
{
    [Parameter, EditorRequired] public LaneColumn Column { get; set; } = null!;

    [Parameter, EditorRequired] public int Place { get; set; }

    [Parameter] public EventCallback Closed { get; set; }

    private WrittenToken Token => Column.Tokens[Place];
}
