using AdapterHub.Formats.Inspection;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>One finding: what, where, what was expected, and what to do.</summary>
public sealed partial class FindingView : ComponentBase
{
    [Parameter, EditorRequired] public InspectionFinding Finding { get; set; } = null!;

    private static Tone ToneOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Refused => Tone.Danger,
        FindingSeverity.Warning => Tone.Warning,
        _ => Tone.Info,
    };
}
