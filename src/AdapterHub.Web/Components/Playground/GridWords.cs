using System.Globalization;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What the grid's metrics are called, and how their values are written.</summary>
internal static class GridWords
{
    public static string Title(GridMetric metric) => metric switch
    {
        GridMetric.Perplexity => "Perplexity of a text",
        GridMetric.Differs => "How far from the base",
        GridMetric.Length => "Length of the answer",
        _ => "How likely for the base",
    };

    public static string Help(GridMetric metric) => metric switch
    {
        GridMetric.Perplexity => "How well the blend foresees a text of yours.",
        GridMetric.Differs => "Share of the tokens that are not the base model's.",
        GridMetric.Length => "Tokens until the model ended, or the limit.",
        _ => "Mean log-probability of the answer under the base model.",
    };

    /// <summary>Which end is which.</summary>
    public static string Better(GridMetric metric) => metric switch
    {
        GridMetric.Perplexity => "Less is better.",
        GridMetric.Differs => "0 % is word for word what the base wrote.",
        GridMetric.Length => "",
        _ => "Nearer to 0 is more like the base.",
    };

    public static string Figure(GridMetric metric, double value) => metric switch
    {
        GridMetric.Perplexity => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture),
        GridMetric.Differs => value.ToString("0 %", CultureInfo.InvariantCulture),
        GridMetric.Length => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
