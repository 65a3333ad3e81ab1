using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// The names of a chart's series in their colours, in order. Stands in for Radzen's legend, whose markup screen readers cannot use.
/// <c>&lt;RadzenChart&gt;&lt;RadzenLegend Visible="false" /&gt;...&lt;/RadzenChart&gt;&lt;ChartLegend Names="@(["train", "held out"])" /&gt;</c>
/// </summary>
public sealed partial class ChartLegend : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<string> Names { get; set; } = [];
}
