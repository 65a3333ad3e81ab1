using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// What opens below a button; works without a circuit. Holds links and buttons of the class <c>menu-item</c>, and <c>hr</c> between groups.
/// <c>&lt;Menu Label="More"&gt;&lt;Trigger&gt;...&lt;/Trigger&gt;&lt;ChildContent&gt;&lt;a class="menu-item" href="..."&gt;...&lt;/a&gt;&lt;/ChildContent&gt;&lt;/Menu&gt;</c>
/// </summary>
public sealed partial class Menu : ComponentBase
{
    /// <summary>What screen readers call the button; null where its content says so.</summary>
    [Parameter] public string? Label { get; set; }

    [Parameter] public string TriggerClass { get; set; } = "button button-icon";

    /// <summary>The list begins at the button's left edge instead of ending at its right one.</summary>
    [Parameter] public bool IsLeft { get; set; }

    [Parameter, EditorRequired] public RenderFragment? Trigger { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
