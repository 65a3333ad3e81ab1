using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What a lane wrote earlier, kept beside the new ones until it is let go.</summary>
public sealed partial class KeptCard : ComponentBase
{
    [Parameter, EditorRequired] public ShelfEntry Entry { get; set; } = null!;

    [Parameter] public EventCallback<ShelfEntry> Removed { get; set; }

    private ShelvedLane Lane => Entry.Lanes[0];
}
