using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AdapterHub.Web.Components.Settings;

/// <param name="Title">One or two words.</param>
/// <param name="Href">Its first page; pages below it belong to it.</param>
/// <param name="Icon">Before the title.</param>
/// <param name="Also">Another address whose pages belong to it.</param>
public sealed record Section(string Title, string Href, IconName Icon, string? Also = null);

/// <summary>The pages of one matter, beside the one that is shown; on a phone a row above it.</summary>
public sealed partial class SectionNav(NavigationManager navigation) : ComponentBase, IDisposable
{
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter, EditorRequired] public IReadOnlyList<Section> Items { get; set; } = [];

    public void Dispose() => navigation.LocationChanged -= Follow;

    protected override void OnInitialized() => navigation.LocationChanged += Follow;

    /// <summary>The one with the longest address that the page's begins with.</summary>
    private bool IsAt(Section section)
    {
        var path = new PathString(new Uri(navigation.Uri).AbsolutePath);
        return Items.MaxBy(item => Math.Max(Matched(path, item.Href), Matched(path, item.Also))) == section;
    }

    private static int Matched(PathString path, string? address) =>
        address is not null && path.StartsWithSegments(address, StringComparison.OrdinalIgnoreCase) ? address.Length : 0;

    private void Follow(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);
}
