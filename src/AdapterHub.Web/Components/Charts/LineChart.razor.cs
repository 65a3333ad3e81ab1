using System.Globalization;
using System.Text;
using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Charts;

/// <summary>One curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">In the legend and beside the pointer.</param>
/// <param name="Points">Ascending by step.</param>
/// <param name="Colour">Which of the eight colours; beyond them they come again, dashed and then dotted.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<MetricPoint> Points, int Colour)
{
    /// <summary>A thin line behind its own trend.</summary>
    public bool IsFaint { get; init; }

    /// <summary>Few values, each of which is to be seen.</summary>
    public bool HasDots { get; init; }

    public bool IsNamed { get; init; } = true;
}

/// <summary>
/// Curves over steps that may grow while they are looked at: drawn as SVG on the server, so it is there before any script, in any width, and as a
/// table. The browser shows the values under the pointer; dragging over a part of it asks for that part, a double click for all.
/// <c>&lt;LineChart Title="Loss" Series="@([new("training", points, 0)])" ZoomChanged="ZoomAsync" /&gt;</c>
/// </summary>
public sealed partial class LineChart(IJSRuntime script) : ComponentBase, IAsyncDisposable
{
    /// <summary>Units of the drawing, which is stretched to its place; fine enough that the pointer reads steps back from it.</summary>
    private const int Width = 100_000, Height = 10_000;
    private const int Colours = 8;

    private ElementReference _plot;
    private DotNetObjectReference<LineChart>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _pointer;
    private ChartAxis _x = ChartAxis.Exact(0, 1), _y = ChartAxis.Exact(0, 1);
    private bool _isTable;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    [Parameter] public ChartFigures Figures { get; set; }

    [Parameter] public bool IsLog { get; set; }

    /// <summary>First and last step; null takes those of the points.</summary>
    [Parameter] public (int From, int To)? Range { get; set; }

    /// <summary>What stands there while there is no point.</summary>
    [Parameter] public string Nothing { get; set; } = "Nothing was measured yet";

    /// <summary>Steps that the reader marked; null for all.</summary>
    [Parameter] public EventCallback<(int From, int To)?> ZoomChanged { get; set; }

    private string Description => string.Join("; ", Series.Where(series => !series.IsFaint && series.Points.Count > 0).Select(series =>
        $"{Title}, {series.Name}: from {ChartAxis.Write(series.Points[0].Value, Figures)} at step {series.Points[0].Step} to {ChartAxis.Write(series.Points[^1].Value, Figures)} at step {series.Points[^1].Step}")) is { Length: > 0 } words ? words : $"{Title}: {Nothing}";

    [JSInvokable]
    public Task ZoomAsync(int from, int to) => InvokeAsync(() => ZoomChanged.InvokeAsync((Math.Min(from, to), Math.Max(from, to))));

    [JSInvokable]
    public Task ShowAllAsync() => InvokeAsync(() => ZoomChanged.InvokeAsync(null));

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_pointer is not null)
            {
                await _pointer.InvokeVoidAsync("dispose");
                await _pointer.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone, and its listeners with it.
        }

        _self?.Dispose();
    }

    protected override void OnParametersSet()
    {
        var all = Series.SelectMany(series => series.Points).ToList();
        var steps = all.Select(point => point.Step).DefaultIfEmpty(0);
        var (from, to) = Range ?? (steps.Min(), steps.Max());
        _x = ChartAxis.Exact(from, to);
        // Spikes of the raw values may leave the picture; their trend may not.
        _y = ChartAxis.Around(all.Where(point => point.Step >= from && point.Step <= to).Select(point => point.Value), IsLog);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            _self = DotNetObjectReference.Create(this);
            _module = await script.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/chart.js"]);
            _pointer = await _module.InvokeAsync<IJSObjectReference>("attach", _plot, _self, ZoomChanged.HasDelegate);
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader left already.
        }
    }

    private string Line(IReadOnlyList<MetricPoint> points)
    {
        var line = new StringBuilder(points.Count * 12);
        foreach (var point in points)
        {
            if (_x.Place(point.Step) is { } x and >= -0.5 and <= 1.5 && _y.Place(point.Value) is { } y)
                line.Append(CultureInfo.InvariantCulture, $"{x * Width:0},{(1 - y) * Height:0} ");
        }

        return line.ToString();
    }

    /// <summary>Lines of no length with round ends: round in any stretch of the drawing.</summary>
    private string Dots(IReadOnlyList<MetricPoint> points) => string.Concat(points
        .Where(point => _x.Place(point.Step) is >= 0 and <= 1 && _y.Place(point.Value) is not null)
        .Select(point => string.Create(CultureInfo.InvariantCulture, $"M{_x.Place(point.Step) * Width:0} {(1 - _y.Place(point.Value)) * Height:0}h0")));

    private string Y(double value) => ((1 - (_y.Place(value) ?? 0)) * Height).ToString("0", CultureInfo.InvariantCulture);

    private static string Percent(double? place) => ((place ?? 0) * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Data(ChartAxis axis) => string.Create(CultureInfo.InvariantCulture, $"{axis.Range.Low:R} {axis.Range.High:R}");
}
