using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A size in three figures, exact in the title.
/// <c>&lt;ByteSize Bytes="@file.Size" /&gt;</c>
/// </summary>
public sealed partial class ByteSize : ComponentBase
{
    [Parameter, EditorRequired] public long Bytes { get; set; }
}
