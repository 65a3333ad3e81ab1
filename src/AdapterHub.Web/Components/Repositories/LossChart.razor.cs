using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>A curve over steps, drawn as SVG on the server: there before any script, and with its numbers as a table.</summary>
public sealed partial class LossChart : ComponentBase
{
    private const double Width = 600, Height = 260, Left = 46, Right = 10, Top = 12, Bottom = 30;

    /// <summary>A curve of more points shows its trend over them.</summary>
    private const int MostDots = 60;

    private List<double> _xTicks = [];
    private List<double> _yTicks = [];
    private List<CurvePoint> _trend = [];
    private string _yFormat = "0";
    private (double Low, double High) _x, _y;

    [Parameter, EditorRequired] public string Name { get; set; } = "";

    /// <summary>At least two, in ascending order of X.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<CurvePoint> Points { get; set; } = [];

    private string Line(IEnumerable<CurvePoint> points) => string.Join(' ', points.Select(point => $"{W(X(point.X))},{W(Y(point.Y))}"));

    private string Description => $"{Name} from {Figure(Points[0].Y)} at step {Points[0].X} to {Figure(Points[^1].Y)} at step {Points[^1].X}";

    protected override void OnParametersSet()
    {
        _x = (Points[0].X, Math.Max(Points[^1].X, Points[0].X + 1));
        _xTicks = Ticks(_x.Low, _x.High, 6);
        var (low, high) = (Points.Min(point => point.Y), Points.Max(point => point.Y));
        _yTicks = Ticks(low, Math.Max(high, low + 1e-6), 5);
        _y = (Math.Min(low, _yTicks[0]), Math.Max(high, _yTicks[^1]));
        _yFormat = _yTicks.Count < 2 ? "0.####" : Math.Max(0, -Math.Floor(Math.Log10(_yTicks[1] - _yTicks[0]) + 1e-9)) is > 0 and var decimals ? "0." + new string('0', (int)decimals) : "0";
        _trend = Points.Count > MostDots ? Trend(Points, Math.Max(2, Points.Count / 40)) : [];
    }

    private double X(double value) => Left + (value - _x.Low) / (_x.High - _x.Low) * (Width - Left - Right);

    private double Y(double value) => Height - Bottom - (value - _y.Low) / (_y.High - _y.Low) * (Height - Top - Bottom);

    /// <summary>Each point's mean with so many before and after it, fewer at the ends.</summary>
    private static List<CurvePoint> Trend(IReadOnlyList<CurvePoint> points, int around)
    {
        var trend = new List<CurvePoint>(points.Count);
        for (var k = 0; k < points.Count; k++)
        {
            var reach = Math.Min(around, Math.Min(k, points.Count - 1 - k));
            trend.Add(points[k] with { Y = Enumerable.Range(k - reach, 2 * reach + 1).Average(index => points[index].Y) });
        }

        return trend;
    }

    /// <summary>Round numbers, 1, 2 or 5 times a power of ten apart.</summary>
    private static List<double> Ticks(double low, double high, int about)
    {
        var raw = (high - low) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var ticks = new List<double>();
        for (var tick = Math.Ceiling(low / step) * step; tick <= high + step * 1e-9; tick += step)
            ticks.Add(tick);
        return ticks;
    }

    /// <summary>Razor keeps the element &lt;text&gt; to itself. All of it is numbers of this program.</summary>
    private static MarkupString Label(double x, double y, string anchor, string figure) =>
        new($"<text class=\"chart-text\" x=\"{W(x)}\" y=\"{W(y)}\" text-anchor=\"{anchor}\">{figure}</text>");

    private static string W(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Figure(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
