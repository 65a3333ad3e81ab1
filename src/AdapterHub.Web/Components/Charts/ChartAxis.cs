using System.Globalization;

namespace AdapterHub.Web.Components.Charts;

/// <summary>How the figures of a chart are written.</summary>
public enum ChartFigures
{
    Plain,
    Scientific,
    Count,
    Bytes,
}

/// <summary>One axis: what part of it is shown, where the marks stand, and where a value lies on it.</summary>
public sealed class ChartAxis
{
    private readonly double _low, _high;
    private readonly bool _isLog;

    private ChartAxis(double low, double high, bool isLog, IReadOnlyList<double> ticks) => (_low, _high, _isLog, Ticks) = (low, high, isLog, ticks);

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The least value shown, and the greatest.</summary>
    public (double Low, double High) Range => _isLog ? (Math.Pow(10, _low), Math.Pow(10, _high)) : (_low, _high);

    public bool IsLog => _isLog;

    /// <summary>An axis from one value to another as they are, such as steps.</summary>
    public static ChartAxis Exact(double low, double high) => new(low, Math.Max(high, low + 1), false, Marks(low, Math.Max(high, low + 1), 5));

    /// <summary>An axis on which all values lie, with a little air round them. A logarithmic one leaves out what is not above 0.</summary>
    public static ChartAxis Around(IEnumerable<double> values, bool isLog)
    {
        var shown = values.Where(value => double.IsFinite(value) && (!isLog || value > 0)).Select(value => isLog ? Math.Log10(value) : value).DefaultIfEmpty(0);
        var (low, high) = shown.Aggregate((Low: double.PositiveInfinity, High: double.NegativeInfinity), (range, value) => (Math.Min(range.Low, value), Math.Max(range.High, value)));
        // A flat curve lies in the middle of round numbers round it.
        var air = high - low > Math.Abs(high) * 1e-6 ? (high - low) * 0.06 : isLog ? 0.2 : Math.Max(Math.Abs(high) * 0.25, 1e-12);
        var floor = !isLog && low >= 0 ? Math.Max(0, low - air) : low - air;
        return new ChartAxis(floor, high + air, isLog, isLog ? Powers(floor, high + air) : Marks(floor, high + air, 4));
    }

    /// <summary>0 at the low end, 1 at the high one; null for what a logarithmic axis cannot show.</summary>
    public double? Place(double value)
    {
        if (!double.IsFinite(value) || (_isLog && value <= 0))
            return null;
        return ((_isLog ? Math.Log10(value) : value) - _low) / (_high - _low);
    }

    /// <summary>Round numbers, 1, 2 or 5 times a power of ten apart.</summary>
    private static List<double> Marks(double low, double high, int about)
    {
        var raw = (high - low) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var first = Math.Ceiling(low / step - 1e-9);
        return [.. Enumerable.Range(0, 12).Select(k => (first + k) * step).TakeWhile(tick => tick <= high + step * 1e-9)];
    }

    /// <summary>1, 2 and 5 times powers of ten, or powers alone where there are many.</summary>
    private static List<double> Powers(double low, double high)
    {
        double[] parts = high - low > 3 ? [1] : [1, 2, 5];
        var all = Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1)
            .SelectMany(power => parts.Select(part => part * Math.Pow(10, power))).Where(tick => Math.Log10(tick) >= low && Math.Log10(tick) <= high).ToList();
        var stride = Math.Max(1, (all.Count + 5) / 6);
        // A narrow range may hold no such number: then round ones, as on a linear axis.
        return all.Count >= 2 ? [.. all.Where((_, index) => index % stride == 0)] : Marks(Math.Pow(10, low), Math.Pow(10, high), 4);
    }

    /// <summary>A figure as the chart writes it: four digits at most.</summary>
    public static string Write(double value, ChartFigures figures) => figures switch
    {
        ChartFigures.Count => Formatting.Display.Count((long)value),
        ChartFigures.Bytes => Formatting.Display.Bytes((long)value),
        ChartFigures.Scientific => value == 0 ? "0" : value.ToString("0.##e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal),
        _ => value.ToString(Math.Abs(value) switch { >= 1000 => "0", >= 100 => "0.#", >= 1 or 0 => "0.###", _ => "0.####" }, CultureInfo.InvariantCulture),
    };
}
