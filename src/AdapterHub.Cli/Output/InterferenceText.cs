using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>An interference report as tables for a terminal.</summary>
internal static class InterferenceText
{
    public static IEnumerable<string> Lines(InterferenceMeasured report) =>
    [
        .. Table(["adapter", "weight", "modules", "strength"], report.Adapters.Select(adapter =>
            new[] { adapter.Name, Words.Number(adapter.Weight), Words.Count(adapter.Modules), Digits(adapter.Norm) })),
        .. Pairs(report),
        .. Table(["strength by layer", .. report.Adapters.Select(adapter => adapter.Name)], report.Layers.Select(layer => new[] { layer.Layer }.Concat(layer.Norms.Select(Digits)).ToArray())),
        $"advice  {report.Advice}",
    ];

    private static IEnumerable<string> Pairs(InterferenceMeasured report)
    {
        if (report.Pairs.Count == 0)
            return [];
        var isSampled = report.Pairs.SelectMany(pair => pair.Modules).Any(module => module.IsSampled);
        return
        [
            .. Table(["pair", "similarity", "opposed", "by size", "outputs", "inputs"], report.Pairs.Select(pair => new[]
            {
                $"{report.Adapters[pair.First].Name} / {report.Adapters[pair.Second].Name}", pair.Cosine.ToString("0.000", CultureInfo.InvariantCulture),
                Words.Percent(pair.SignConflict), Words.Percent(pair.WeightedSignConflict),
                Overlap(pair.Modules.Select(module => module.OutputOverlap)), Overlap(pair.Modules.Select(module => module.InputOverlap)),
            })).SkipLast(1),
            $"similarity: cosine of the changes; opposed: elements of opposite sign{(isSampled ? " (large modules: sampled)" : "")}; outputs, inputs: directions in common, mean over modules",
            "",
        ];
    }

    /// <summary>The first column to the left, numbers to the right, an empty line at the end.</summary>
    private static List<string> Table(string[] heading, IEnumerable<string[]> cells)
    {
        var rows = cells.Prepend(heading).ToList();
        var widths = heading.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return [.. rows.Select(row => string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))), ""];
    }

    private static string Overlap(IEnumerable<double> overlaps) => Words.Percent(overlaps.DefaultIfEmpty(0).Average());

    private static string Digits(double norm) => norm.ToString("0.00", CultureInfo.InvariantCulture);
}
