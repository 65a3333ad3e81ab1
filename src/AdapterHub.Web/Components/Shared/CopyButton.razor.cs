using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Puts a text, or the text of the element with the id <see cref="From"/>, on the clipboard; works without a circuit.
/// <c>&lt;CopyButton Text="@digest" Label="Copy digest" IsBare="true" /&gt;</c>
/// </summary>
public sealed partial class CopyButton : ComponentBase
{
    /// <summary>Null while there is nothing to be copied: a text that still grows need not go to the browser with every drawing.</summary>
    [Parameter] public string? Text { get; set; }

    [Parameter] public string? From { get; set; }

    [Parameter] public string Label { get; set; } = "Copy";

    /// <summary>The icon alone.</summary>
    [Parameter] public bool IsBare { get; set; }
}
