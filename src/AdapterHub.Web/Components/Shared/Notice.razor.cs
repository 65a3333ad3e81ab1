using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A remark in the flow of a page: a warning about a file, a hint, a result. <see cref="IsAlert"/> has screen readers speak it at once.
/// <c>&lt;Notice Tone="Tone.Warning" Title="3 of 96 tensors do not bind"&gt;...&lt;/Notice&gt;</c>
/// </summary>
public sealed partial class Notice : ComponentBase
{
    [Parameter] public Tone Tone { get; set; } = Tone.Info;

    [Parameter] public string? Title { get; set; }

    [Parameter] public bool IsAlert { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }

    private string Word => Tone switch { Tone.Ok => "Done", Tone.Warning => "Warning", Tone.Danger => "Error", _ => "Note" };
}
