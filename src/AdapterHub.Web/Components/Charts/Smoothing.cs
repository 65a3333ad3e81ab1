using AdapterHub.Catalog.Runs;

namespace AdapterHub.Web.Components.Charts;

/// <summary>A noisy curve's trend.</summary>
public static class Smoothing
{
    /// <summary>
    /// Exponential moving average, divided by the sum of its weights so that the first values are not drawn towards 0
    /// (the bias correction of Kingma and Ba 2015, section 3). A value that is not finite leaves the average as it is.
    /// </summary>
    /// <param name="weight">Of what came before, 0 (no smoothing) to below 1.</param>
    public static IReadOnlyList<MetricPoint> Smooth(IReadOnlyList<MetricPoint> points, double weight)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (weight <= 0)
            return points;
        var (sum, share) = (0.0, 0.0);
        var smooth = new List<MetricPoint>(points.Count);
        foreach (var point in points)
        {
            if (double.IsFinite(point.Value))
                (sum, share) = (weight * sum + (1 - weight) * point.Value, weight * share + (1 - weight));
            smooth.Add(point with { Value = share > 0 ? sum / share : point.Value });
        }

        return smooth;
    }
}
