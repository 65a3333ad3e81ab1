using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>Name, main places, search, new, theme and account. Plain HTML; js/ui.js marks the current place when the page below changes.</summary>
public sealed partial class TopBar(HubSettingsStore settings) : ComponentBase
{
    private string _name = "";

    [CascadingParameter] private HttpContext Context { get; set; } = default!;

    /// <summary>Only the first page has the search that <c>q</c> belongs to.</summary>
    private string? Query => Context.Request.Path == "/" ? Context.Request.Query["q"].ToString() : null;

    protected override async Task OnInitializedAsync() => _name = (await settings.GetAsync(Context.RequestAborted)).Name;
}
