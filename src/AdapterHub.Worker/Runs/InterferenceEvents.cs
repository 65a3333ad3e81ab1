using AdapterHub.Engine.Blending.Interference;
using AdapterHub.Protocol.Runs;
using Wire = AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>The engine's report as an event.</summary>
internal static class InterferenceEvents
{
    public static InterferenceMeasured Of(InterferenceReport report) => new(
        [.. report.Adapters.Select(adapter => new Wire.AdapterStrength(adapter.Name, adapter.Weight, adapter.Modules, adapter.Norm))],
        [.. report.Layers.Select(layer => new LayerStrength(layer.Layer, layer.Norms))],
        [.. report.Pairs.Select(pair => new Wire.PairInterference(
            pair.First, pair.Second, pair.Cosine, pair.SignConflict, pair.WeightedSignConflict, [.. pair.Modules.Select(Of)]))],
        report.Advice);

    private static Wire.ModuleInterference Of(Engine.Blending.Interference.ModuleInterference module) => new(
        module.Path, module.Cosine, module.SignConflict, module.WeightedSignConflict, module.IsSampled,
        module.OutputAngles, module.InputAngles, module.OutputOverlap, module.InputOverlap);
}
