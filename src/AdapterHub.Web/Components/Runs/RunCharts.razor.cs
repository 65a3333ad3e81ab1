using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Charts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>The curves of a run, which grow while it lasts.</summary>
public sealed partial class RunCharts : ComponentBase
{
    /// <summary>More points than a chart has pixels to tell apart cost and show nothing.</summary>
    private const int Drawn = 320;
    private IReadOnlyList<ChartSeries> _loss = [], _rate = [], _norm = [], _speed = [], _memory = [], _utilization = [];
    private double _smooth;
    private (int, double, bool, (int, int)?) _made = (-1, 0, false, null);

    [Parameter, EditorRequired] public int Version { get; set; }

    [Parameter, EditorRequired] public double Smooth { get; set; }

    [Parameter] public EventCallback<double> SmoothChanged { get; set; }

    [Parameter] public bool IsLog { get; set; }

    [Parameter] public EventCallback<bool> LogChanged { get; set; }

    [Parameter] public (int From, int To)? Range { get; set; }

    [Parameter] public EventCallback<(int From, int To)?> ZoomChanged { get; set; }

    [Parameter, EditorRequired] public RunStory Story { get; set; } = null!;

    private int LastStep => Math.Max(Story.Step?.Step ?? 0, Story.Curve("loss") is { Count: > 0 } loss ? loss[^1].Step : 0);

    protected override void OnParametersSet()
    {
        if (_made.Item1 < 0)
            _smooth = Smooth;
        Make();
    }

    private void Make()
    {
        if (_made == (Version, _smooth, IsLog, Range))
            return;
        _made = (Version, _smooth, IsLog, Range);
        var loss = Story.Curve("loss");
        _loss = _smooth > 0 && loss.Count > 2
            ? [Series("each step", loss, 0) with { IsFaint = true, IsNamed = false }, Series("training", Smoothing.Smooth(loss, _smooth), 0), HeldOut()]
            : [Series("training", loss, 0), HeldOut()];
        _rate = [One("learningRate", 0)];
        _norm = [One("gradientNorm", _smooth)];
        _speed = [One("tokensPerSecond", _smooth)];
        _memory = [One("memoryBytes", 0)];
        _utilization = [One("gpuUtilization", _smooth)];
    }

    private ChartSeries HeldOut() => Series("held out", Story.Curve("heldOut.loss"), 2) with { HasDots = true };

    private ChartSeries One(string metric, double smooth) => Series("now", Smoothing.Smooth(Story.Curve(metric), smooth), 0);

    private ChartSeries Series(string name, IReadOnlyList<MetricPoint> points, int colour) => new(name, Downsampling.Thin(
        Range is { } range ? [.. points.Where(point => point.Step >= range.From && point.Step <= range.To)] : points, Drawn), colour);

    private Task SmoothAsync(double smooth)
    {
        _smooth = smooth;
        Make();
        return SmoothChanged.InvokeAsync(smooth);
    }
}
