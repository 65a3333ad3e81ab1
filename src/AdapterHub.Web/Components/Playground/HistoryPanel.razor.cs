using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What this person wrote last in this browser, to be brought back.</summary>
public sealed partial class HistoryPanel : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<ShelfEntry> Entries { get; set; } = [];

    [Parameter] public EventCallback<ShelfEntry> Chosen { get; set; }

    [Parameter] public EventCallback<ShelfEntry> Removed { get; set; }

    [Parameter] public EventCallback Cleared { get; set; }

    /// <summary>The blends say by which weights; without one, the adapters are told.</summary>
    private static string About(ShelfEntry entry)
    {
        var blends = entry.Lanes.Where(lane => lane.Label is PlannedLane.Blend or PlannedLane.Second).Select(lane => lane.About).ToList();
        return string.Join("  |  ", blends.Count > 0 ? blends : entry.Lanes.Skip(1).Select(lane => lane.Title).DefaultIfEmpty("base alone"));
    }
}
