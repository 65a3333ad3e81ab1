using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>How tokens are drawn, the same in every lane.</summary>
public sealed partial class SamplingFields : ComponentBase
{
    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    private Task ChangeAsync(PlaygroundPlan plan) => Changed.InvokeAsync(plan);

    private static double Within(double value, double least, double most) => double.IsFinite(value) ? Math.Clamp(value, least, most) : least;
}
