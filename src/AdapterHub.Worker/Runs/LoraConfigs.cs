using AdapterHub.Engine.Models;
using AdapterHub.Formats.Peft;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>Turns the settings of a spec into PEFT's configuration.</summary>
internal static class LoraConfigs
{
    public static PeftConfig From(LoraSettings lora, CausalModel model)
    {
        var targets = Selection(lora.Targets)!;
        if (lora.Layers.Count > 0)
            RequireLayers(lora.Layers, model.Config.Layers);
        // PEFT takes layers_to_transform with a list of names only.
        if (lora.Layers.Count > 0 && targets.IsAllLinear)
            targets = ModuleSelection.FromNames(model.Linears.Keys.Where(path => path.Contains(".layers.", StringComparison.Ordinal))
                .Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        else if (lora.Layers.Count > 0 && targets.Pattern is not null)
            throw new RunInputException("--layers goes with module names, not with a regular expression; write the layers into the expression.");
        return new PeftConfig
        {
            TaskType = "CAUSAL_LM",
            Rank = lora.Rank,
            LoraAlpha = lora.Alpha,
            LoraDropout = lora.Dropout,
            TargetModules = targets,
            ExcludeModules = Selection(lora.Exclude),
            LayersToTransform = lora.Layers.Count > 0 ? [.. lora.Layers] : null,
            UseRslora = lora.RankStabilised,
            LoraBias = lora.Bias,
        };
    }

    private static ModuleSelection? Selection(IReadOnlyList<string> entries) => entries switch
    {
        [] => null,
        ["all-linear"] => ModuleSelection.AllLinear,
        [var pattern] when LoraSettings.IsPattern(pattern) => ModuleSelection.FromPattern(pattern),
        _ => ModuleSelection.FromNames(entries),
    };

    private static void RequireLayers(IReadOnlyList<int> layers, int count)
    {
        var beyond = layers.Where(layer => layer >= count).ToList();
        if (beyond.Count > 0)
            throw new RunInputException($"--layers names {string.Join(", ", beyond)}; the base has layers 0 to {count - 1}.");
    }
}
