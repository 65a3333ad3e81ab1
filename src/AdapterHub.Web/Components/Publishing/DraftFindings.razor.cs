using AdapterHub.Catalog.Publishing;
using AdapterHub.Formats.Inspection;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>All that the checks found, refusals first.</summary>
public sealed partial class DraftFindings : ComponentBase
{
    [Parameter, EditorRequired] public DraftView Draft { get; set; } = null!;

    [Parameter] public DraftReport? Report { get; set; }

    [Parameter] public bool IsChecking { get; set; }

    private IReadOnlyList<InspectionFinding> Findings => Report?.Findings ?? [];

    private List<InspectionFinding> Refusals => Of(FindingSeverity.Refused);

    private List<InspectionFinding> Warnings => Of(FindingSeverity.Warning);

    private List<InspectionFinding> Of(FindingSeverity severity) => [.. Findings.Where(finding => finding.Severity == severity)];
}
