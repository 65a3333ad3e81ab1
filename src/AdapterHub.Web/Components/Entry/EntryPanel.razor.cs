using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>The narrow page with one form that people come in through.</summary>
public sealed partial class EntryPanel : ComponentBase
{
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter] public RenderFragment? Intro { get; set; }

    /// <summary>Why the last attempt did not work.</summary>
    [Parameter] public string? Fault { get; set; }

    /// <summary>Single findings, shown where there are several.</summary>
    [Parameter] public IReadOnlyList<string> Details { get; set; } = [];

    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Parameter] public RenderFragment? Foot { get; set; }
}
