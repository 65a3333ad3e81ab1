using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>Why the last deed on a page did not work; null shows nothing.</summary>
public sealed partial class FaultNotice : ComponentBase
{
    [Parameter, EditorRequired] public string? Text { get; set; }
}
