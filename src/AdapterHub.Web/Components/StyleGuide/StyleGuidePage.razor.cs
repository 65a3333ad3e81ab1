using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.StyleGuide;

/// <summary>All shared components on one page, for whoever builds pages and for the browser tests; in development only.</summary>
public sealed partial class StyleGuidePage(HubOptions options, NavigationManager navigation, Toasts toasts) : ComponentBase
{
    private static readonly TabItem[] Items =
    [
        new("basics", "Basics", Icon: IconName.Grid), new("controls", "Controls", Count: 12), new("states", "States"), new("radzen", "Radzen"),
    ];

    private int _clicks;

    [SupplyParameterFromQuery] private string? Tab { get; set; }

    [SupplyParameterFromQuery] private int? Page { get; set; }

    private string Selected => Tabs.Select(Items, Tab);

    protected override void OnInitialized()
    {
        if (!options.IsDevelopment)
            navigation.NotFound();
    }
}
