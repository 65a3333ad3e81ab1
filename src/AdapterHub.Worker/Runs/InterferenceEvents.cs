using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Protocol.Runs;
using Wire = AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>
/// The engine's report as an event, small enough for a log: four digits, the smallest angles, and where many adapters of many modules meet, layers in
/// the place of modules.
/// </summary>
internal static class InterferenceEvents
{
    /// <summary>About 300 characters each; an event has at most 256 Ki.</summary>
    private const int MostModules = 600;

    private const int MostAngles = 8;
    private const int Digits = 4;

    public static InterferenceMeasured Of(InterferenceReport report)
    {
        var byLayer = report.Pairs.Sum(pair => pair.Modules.Length) > MostModules;
        return new InterferenceMeasured(
            [.. report.Adapters.Select(adapter => new Wire.AdapterStrength(adapter.Name, adapter.Weight, adapter.Modules, Short(adapter.Norm)))],
            [.. report.Layers.Select(layer => new LayerStrength(layer.Layer, [.. layer.Norms.Select(Short)]))],
            [.. report.Pairs.Select(pair => new Wire.PairInterference(
                pair.First, pair.Second, Short(pair.Cosine), Short(pair.SignConflict), Short(pair.WeightedSignConflict), [.. byLayer ? ByLayer(pair) : pair.Modules.Select(Of)]))],
            report.Advice);
    }

    private static Wire.ModuleInterference Of(Engine.Blending.Interference.ModuleInterference module) => new(
        module.Path, Short(module.Cosine), Short(module.SignConflict), Short(module.WeightedSignConflict), module.IsSampled,
        Angles(module.OutputAngles), Angles(module.InputAngles), Short(module.OutputOverlap), Short(module.InputOverlap));

    /// <summary>Means over a layer's modules, and the smallest angle of any.</summary>
    private static IEnumerable<Wire.ModuleInterference> ByLayer(Engine.Blending.Interference.PairInterference pair) =>
        pair.Modules.GroupBy(module => ModelLayer.Of(module.Path), StringComparer.Ordinal).Select(layer => new Wire.ModuleInterference(
            layer.Key, Short(layer.Average(module => module.Cosine)), Short(layer.Average(module => module.SignConflict)),
            Short(layer.Average(module => module.WeightedSignConflict)), layer.Any(module => module.IsSampled),
            Angles(layer.SelectMany(module => module.OutputAngles).Order().Take(1)), Angles(layer.SelectMany(module => module.InputAngles).Order().Take(1)),
            Short(layer.Average(module => module.OutputOverlap)), Short(layer.Average(module => module.InputOverlap))));

    private static IReadOnlyList<double> Angles(IEnumerable<double> angles) => [.. angles.Take(MostAngles).Select(angle => Math.Round(angle, 2))];

    /// <summary>Four significant digits.</summary>
    private static double Short(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        var places = Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return places is >= 0 and <= 15 ? Math.Round(value, places) : value;
    }
}
