using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A word that things are found by; with <see cref="Href"/> it leads to them. A selected one shows that following it takes it off again.
/// <c>&lt;Tag Href="/?tag=poetry"&gt;poetry&lt;/Tag&gt;</c>
/// </summary>
public sealed partial class Tag : ComponentBase
{
    [Parameter] public string? Href { get; set; }

    [Parameter] public bool IsSelected { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
