using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Names and values in two columns; a wide one sets each value below its name.
/// <c>&lt;KeyValueList&gt;&lt;KeyValue Name="Rank"&gt;16&lt;/KeyValue&gt;&lt;/KeyValueList&gt;</c>
/// </summary>
public sealed partial class KeyValueList : ComponentBase
{
    [Parameter] public bool IsWide { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
