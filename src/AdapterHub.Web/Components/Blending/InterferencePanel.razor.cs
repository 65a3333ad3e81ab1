using AdapterHub.Formats.Blending;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Starts the comparison, and shows it when it is there: the report and the error over the rank.</summary>
public sealed partial class InterferencePanel : ComponentBase
{
    [Parameter, EditorRequired] public BlendPlan Plan { get; set; } = null!;

    /// <summary>Whether the plan can be blended and nothing is being started.</summary>
    [Parameter] public bool CanStart { get; set; }

    /// <summary>Of the adapters.</summary>
    [Parameter] public int LargestRank { get; set; }

    [Parameter] public EventCallback Start { get; set; }

    /// <summary>Told of the comparison's story when there is more of it.</summary>
    [Parameter] public EventCallback<BlendStory> Seen { get; set; }

    /// <summary>A rank was chosen on the curve.</summary>
    [Parameter] public EventCallback<int> ChooseRank { get; set; }

    private string Loss(BlendStory story)
    {
        if (Plan.Kind == BlendMethod.Exact)
            return "Nothing: the weighted sum is exact, and the ranks add up. If you want a smaller adapter, this is what each rank would lose.";
        if (Plan.IsLossless)
            return "Nothing: the adapter is all that the method makes. Cut to a rank it would lose this much.";
        return BlendLoss.Find(Plan, LargestRank, story) switch
        {
            null => "This rank was not measured; check again to know what it loses.",
            { Error: 0 } => "Nothing at this rank.",
            { IsCrossTerms: true } cross => $"{Display.Share(cross.Error)}: so far is it from the weighted sum, because adding factors mixes in cross terms.",
            var loss => $"{Display.Share(loss.Error)} of what the method makes (relative error, Frobenius norm).",
        };
    }
}
