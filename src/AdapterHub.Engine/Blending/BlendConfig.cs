using System.Collections.Immutable;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Blending;

/// <summary>The config of a blend: loads each module with scale 1 and nothing else.</summary>
internal static class BlendConfig
{
    /// <summary>A config for these modules, which have alpha = r; and the modules in the order it describes them.</summary>
    public static (PeftConfig Config, ImmutableArray<LoraModule> Modules) Describe(BlendRecipe recipe, IReadOnlyList<LoraModule> modules)
    {
        var parents = recipe.Contributing.Select(parent => recipe.Parents[parent].Adapter!).ToList();
        var first = parents[0].Config;
        var saved = recipe.SavedModulesFrom is { } chosen ? recipe.Parents[chosen].Adapter!.Config : null;
        var (config, described) = PeftConfigs.Describe(
            new PeftConfig
            {
                TaskType = first.TaskType,
                AutoMapping = first.AutoMapping,
                BaseModelNameOrPath = first.BaseModelNameOrPath,
                Revision = first.Revision,
                InferenceMode = true,
                FanInFanOut = modules.Any(module => module.FanInFanOut),
                AloraInvocationTokens = first.AloraInvocationTokens,
                LayerReplication = first.LayerReplication,
                EnsureWeightTying = first.EnsureWeightTying,
                Bias = saved?.Bias ?? PeftBias.None,
                ModulesToSave = saved?.ModulesToSave ?? [],
                TrainableTokenIndices = saved?.TrainableTokenIndices,
            },
            modules);
        return (config with { TargetModules = ModuleSelection.FromNames(Targets(parents, described)) }, described);
    }

    /// <summary>What a person should know about parents that do not quite fit together.</summary>
    public static IEnumerable<string> Warnings(BlendRecipe recipe, IReadOnlyList<LoraModule> modules)
    {
        var parents = recipe.Contributing.Select(parent => recipe.Parents[parent]).ToList();
        if (Differ(config => config.BaseModelNameOrPath ?? "no base model"))
            yield return $"The parents name different base models; their sum makes sense on one only: {Name(config => config.BaseModelNameOrPath ?? "no base model")}.";
        if (Differ(config => config.Revision ?? "none"))
            yield return $"The parents name different revisions of the base model: {Name(config => config.Revision ?? "none")}.";
        if (Differ(config => config.TaskType ?? "none"))
            yield return $"The parents have different task types; the blend takes the first: {Name(config => config.TaskType ?? "none")}.";
        if (Differ(config => config.FanInFanOut ? "true" : "false"))
            yield return $"The parents disagree on fan_in_fan_out, of which a layer has one; the blend says true: {Name(config => config.FanInFanOut ? "true" : "false")}.";
        foreach (var parent in parents)
        {
            foreach (var rule in parent.Modules.Where(rule => !parent.Adapter!.Modules.Any(module => rule.Pattern.Matches(module.Path))))
                yield return $"The weight for {rule.Pattern} of {parent.Name} means none of its layers.";
        }

        if (recipe.SavedModulesFrom is { } chosen)
            yield return $"Whole modules are those of {recipe.Parents[chosen].Name}, unweighted.";
        if (modules.Any(module => module.BiasB is not null) && modules.Any(module => module.Kind == LoraModuleKind.Embedding))
            yield return "The blend has both lora_bias and an adapted embedding, which PEFT does not load together; this program does.";

        bool Differ(Func<PeftConfig, string> value) => parents.Select(parent => value(parent.Adapter!.Config)).Distinct(StringComparer.Ordinal).Skip(1).Any();
        string Name(Func<PeftConfig, string> value) => string.Join(", ", parents.Select(parent => $"{parent.Name}: {value(parent.Adapter!.Config)}"));
    }

    /// <summary>
    /// The parents' own names where a parent means all layers of that name and the blend has them all, full paths elsewhere: for a regular
    /// expression, excluded modules, single layers or layers of weight 0 a short name could mean layers that the blend does not change.
    /// </summary>
    private static IEnumerable<string> Targets(List<LoraAdapter> parents, ImmutableArray<LoraModule> modules)
    {
        var left = parents.SelectMany(parent => parent.Modules).Select(module => module.Path).Except(modules.Select(module => module.Path), StringComparer.Ordinal).ToList();
        var names = parents.SelectMany(Names).Where(name => !left.Exists(path => Names(name, path))).ToImmutableSortedSet(StringComparer.Ordinal);
        var paths = modules.Select(module => module.Path).Where(path => !names.Any(name => Names(name, path)));
        return names.Where(name => modules.Any(module => Names(name, module.Path))).Concat(paths).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(LoraAdapter parent)
    {
        var config = parent.Config;
        if (config.ExcludeModules is not null || config.LayersToTransform is not null || config.ModulesToSave.Length > 0)
            return [];
        if (config.TargetModules is null or { IsAllLinear: true })
            return parent.Modules.Select(module => module.Path[(module.Path.LastIndexOf('.') + 1)..]);
        return config.TargetModules.Names;
    }

    private static bool Names(string name, string path) => path == name || path.EndsWith("." + name, StringComparison.Ordinal);
}
