namespace AdapterHub.Catalog.Runs;

/// <summary>One value of a metric.</summary>
public readonly record struct MetricPoint(int Step, double Value);

/// <summary>A metric over the steps of a run.</summary>
/// <param name="Name">As the events call it: <c>loss</c>, <c>learningRate</c>, ...; held-out values as <c>heldOut.loss</c>.</param>
/// <param name="Count">Points before thinning.</param>
/// <param name="Points">Ascending by step.</param>
public sealed record MetricSeries(string Name, int Count, IReadOnlyList<MetricPoint> Points);

/// <summary>
/// Thins a long series for a chart so that the line drawn is the same: of each interval of steps its first, last, least and greatest value
/// (Jugel et al. 2014, "M4: A Visualization-Oriented Time Series Data Aggregation"). No extreme is lost.
/// </summary>
public static class Downsampling
{
    private const int PointsPerInterval = 4;

    /// <param name="points">Ascending by step.</param>
    /// <param name="most">About how many to keep; at least 4.</param>
    public static IReadOnlyList<MetricPoint> Thin(IReadOnlyList<MetricPoint> points, int most)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count <= most)
            return points;
        var intervals = Math.Max(1, most / PointsPerInterval);
        var (first, span) = (points[0].Step, (double)points[^1].Step - points[0].Step + 1);
        var kept = new List<MetricPoint>(intervals * PointsPerInterval);
        for (int start = 0, end; start < points.Count; start = end)
        {
            var interval = IntervalOf(points[start].Step);
            for (end = start + 1; end < points.Count && IntervalOf(points[end].Step) == interval; end++)
            {
            }

            Keep(points, start, end, kept);
        }

        return kept;

        int IntervalOf(int step) => (int)((step - first) / span * intervals);
    }

    private static void Keep(IReadOnlyList<MetricPoint> points, int start, int end, List<MetricPoint> kept)
    {
        var (least, greatest) = (start, start);
        for (var k = start + 1; k < end; k++)
        {
            if (points[k].Value < points[least].Value)
                least = k;
            if (points[k].Value > points[greatest].Value)
                greatest = k;
        }

        kept.AddRange(new[] { start, least, greatest, end - 1 }.Distinct().Order().Select(index => points[index]));
    }
}
