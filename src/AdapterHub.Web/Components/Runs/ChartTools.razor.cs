using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Smoothing, scale and zoom of curves over steps, for all charts below it.</summary>
public sealed partial class ChartTools : ComponentBase
{
    /// <summary>0 to below 1.</summary>
    [Parameter, EditorRequired] public double Smooth { get; set; }

    [Parameter] public EventCallback<double> SmoothChanged { get; set; }

    [Parameter] public bool IsLog { get; set; }

    [Parameter] public EventCallback<bool> LogChanged { get; set; }

    /// <summary>Null for all steps.</summary>
    [Parameter] public (int From, int To)? Range { get; set; }

    [Parameter] public EventCallback<(int From, int To)?> ZoomChanged { get; set; }

    [Parameter] public int LastStep { get; set; }

    private Task SmoothAsync(double smooth) => SmoothChanged.InvokeAsync(smooth);
}
