using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// One row of a <see cref="KeyValueList"/>.
/// <c>&lt;KeyValue Name="Alpha" Hint="Scales the change by alpha / rank"&gt;32&lt;/KeyValue&gt;</c>
/// </summary>
public sealed partial class KeyValue : ComponentBase
{
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    /// <summary>An explanation, shown when the pointer rests on the name.</summary>
    [Parameter] public string? Hint { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
