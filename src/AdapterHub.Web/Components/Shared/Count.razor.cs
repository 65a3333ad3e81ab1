using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A number in three figures, exact in the title; with words: "1 download", "1.2k downloads".
/// <c>&lt;Count Value="@downloads" One="download" /&gt;</c>
/// </summary>
public sealed partial class Count : ComponentBase
{
    [Parameter, EditorRequired] public long Value { get; set; }

    [Parameter] public string? One { get; set; }

    /// <summary>Where adding an s does not make the plural.</summary>
    [Parameter] public string? Many { get; set; }
}
