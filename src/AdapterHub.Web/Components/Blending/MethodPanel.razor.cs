using AdapterHub.Formats.Blending;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>The ways of blending, a line about each, and the settings that the chosen one has.</summary>
public sealed partial class MethodPanel : ComponentBase
{
    [Parameter, EditorRequired] public BlendPlan Plan { get; set; } = null!;

    /// <summary>Of the adapters; 0 while none is chosen.</summary>
    [Parameter] public int LargestRank { get; set; }

    /// <summary>An adapter replaces whole tensors, so that one has to be chosen.</summary>
    [Parameter] public bool NeedsSaved { get; set; }

    [Parameter] public EventCallback<BlendPlan> Changed { get; set; }

    private bool HasSettings => Plan.Kind != BlendMethod.Exact || NeedsSaved;

    private string RankHint => Plan.Kind.IsFullRank() ? $"{LargestRank}" : Plan.Kind == BlendMethod.LowRank ? "" : "all";

    private string RankHelp => Plan.Kind switch
    {
        BlendMethod.LowRank => "The largest rank of the result.",
        var method when method.IsFullRank() => "The result has full rank before it is cut; without a number the largest of the adapters.",
        _ => "Left empty, nothing is cut.",
    };

    private Task ChangeAsync(BlendPlan plan) => Changed.InvokeAsync(plan);

    private Task ChooseAsync(BlendMethod method) => ChangeAsync(Plan with
    {
        Method = method.Name(),
        Rank = method == BlendMethod.LowRank ? Plan.Rank ?? Math.Max(1, LargestRank) : Plan.Rank,
    });

    private static string Text(ChangeEventArgs change) => change.Value?.ToString() ?? "";
}
