using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>Name, main places, search, new, theme and account. Plain HTML; js/ui.js marks the current place when the page below changes.</summary>
public sealed partial class TopBar : ComponentBase
{
    [CascadingParameter] private HttpContext Context { get; set; } = default!;

    /// <summary>Only the first page has the search that <c>q</c> belongs to.</summary>
    private string? Query => Context.Request.Path == "/" ? Context.Request.Query["q"].ToString() : null;
}
