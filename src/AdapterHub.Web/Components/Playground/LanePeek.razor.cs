using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>Where the lanes lie far below the sliders: how the blend's text begins, at the foot of the screen while somebody moves them, and the way to the lanes.</summary>
public sealed partial class LanePeek : ComponentBase
{
    [Parameter, EditorRequired] public LaneWriting Writing { get; set; } = null!;

    /// <summary>The blend; of one adapter alone its lane, which comes last.</summary>
    private LaneColumn? Shown => (Writing.Columns.FirstOrDefault(column => column.Planned.IsBlend) ?? (Writing.Columns is [.., var last] ? last : null)) is { Text.Length: > 0 } column ? column : null;
}
