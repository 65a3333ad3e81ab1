using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>Which weight goes through the grid, from where to where, in how many steps.</summary>
public sealed partial class AxisFields : ComponentBase
{
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public GridAxis Axis { get; set; } = null!;

    /// <summary>Of all adapters, in order.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<string> Names { get; set; } = [];

    [Parameter] public EventCallback<GridAxis> Changed { get; set; }

    private Task ChangeAsync(GridAxis axis) => Changed.InvokeAsync(axis);
}
