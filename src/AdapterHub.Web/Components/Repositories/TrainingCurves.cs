using System.Globalization;
using System.Text.Json;
using AdapterHub.Web.Formatting;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>One point of a curve.</summary>
public readonly record struct CurvePoint(double X, double Y);

/// <summary>The curves and figures of a training report (training_report.json, written by the trainer beside the weights). Files come from people, so nothing in it is taken for granted.</summary>
internal sealed record TrainingCurves(IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<CurvePoint> HeldOut, IReadOnlyList<CurvePoint> Training)
{
    /// <summary>Null for text that is no such report.</summary>
    public static TrainingCurves? TryRead(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var report = document.RootElement;
            if (report.ValueKind != JsonValueKind.Object)
                return null;
            var curves = new TrainingCurves([.. FactsOf(report)], Points(report, "evaluations"), Points(report, "curve"));
            return curves.Facts.Count + curves.HeldOut.Count + curves.Training.Count > 0 ? curves : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<(string, string)> FactsOf(JsonElement report)
    {
        if (Number(report, "perplexityBefore") is { } before && Number(report, "perplexityAfter") is { } after)
            yield return ("Held-out perplexity", $"{Figure(before)} → {Figure(after)}");
        if (Number(report, "steps") is { } steps)
            yield return ("Steps", Display.Exact((long)steps));
        if (Number(report, "tokens") is { } tokens)
            yield return ("Tokens", Display.Count((long)tokens));
        if (Number(report, "tokensPerSecond") is { } speed)
            yield return ("Tokens a second", Display.Count((long)speed));
        if (Number(report, "wallSeconds") is { } wall and < 1e9)
            yield return ("Time", Display.Duration(TimeSpan.FromSeconds(wall)));
        if (Number(report, "peakMemoryBytes") is { } memory)
            yield return ("Peak memory", Display.Bytes((long)memory));
        if (report.TryGetProperty("hardware", out var hardware) && hardware.ValueKind == JsonValueKind.String)
            yield return ("Hardware", hardware.GetString()!);
    }

    private static List<CurvePoint> Points(JsonElement report, string name)
    {
        if (!report.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            return [];
        return [.. from point in list.EnumerateArray()
                   where point.ValueKind == JsonValueKind.Object
                   let step = Number(point, "step")
                   let loss = Number(point, "loss")
                   where step is not null && loss is not null
                   orderby step
                   select new CurvePoint(step.Value, loss.Value)];
    }

    /// <summary>Finite, and not so large that a cast would overflow.</summary>
    private static double? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
        && Math.Abs(number) < 1e18 ? number : null;

    private static string Figure(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);
}
