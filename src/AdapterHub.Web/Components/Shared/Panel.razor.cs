using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A framed part of a page with a title, actions beside it and a footer. Flush ones let tables and lists reach the frame.
/// <c>&lt;Panel Title="Files" IsFlush="true"&gt;...&lt;/Panel&gt;</c>
/// </summary>
public sealed partial class Panel : ComponentBase
{
    private readonly string _titleId = "panel-" + Guid.NewGuid().ToString("N")[..8];

    [Parameter] public string? Title { get; set; }

    /// <summary>What screen readers call it where there is no title.</summary>
    [Parameter] public string? Label { get; set; }

    [Parameter] public string? Id { get; set; }

    [Parameter] public string? Class { get; set; }

    [Parameter] public bool IsFlush { get; set; }

    [Parameter] public RenderFragment? Actions { get; set; }

    [Parameter] public RenderFragment? Footer { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
