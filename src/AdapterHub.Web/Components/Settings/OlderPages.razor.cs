using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>The way through a log whose end is not counted; null leaves a way out.</summary>
public sealed partial class OlderPages : ComponentBase
{
    [Parameter, EditorRequired] public string? Newest { get; set; }

    [Parameter, EditorRequired] public string? Older { get; set; }
}
