using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Reads "FOLDER" and "FOLDER=WEIGHT".</summary>
internal static class AdapterChoice
{
    /// <summary>What stands behind the last "=" is the weight if it is a number; otherwise the "=" belongs to the path.</summary>
    public static WeightedAdapter Parse(string text)
    {
        var at = text.LastIndexOf('=');
        return at > 0 && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            ? new WeightedAdapter(text[..at], weight)
            : new WeightedAdapter(text);
    }
}
