using System.Collections.Immutable;
using System.Text.Json.Nodes;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Blending;

/// <summary>What cannot be blended, and why. A weighted sum that is not one would be silently wrong.</summary>
internal sealed class BlendCheck(BlendRecipe recipe, BaseWeights? baseModel)
{
    private readonly List<FormatFinding> _findings = [];

    public static ImmutableArray<FormatFinding> Run(BlendRecipe recipe, BaseWeights? baseModel) => Run(recipe, baseModel, isComparison: false);

    /// <summary>What keeps adapters from being compared: other sizes, NaN, DoRA without its base. Settings and whole tensors do not matter then.</summary>
    public static ImmutableArray<FormatFinding> RunForComparison(BlendRecipe recipe, BaseWeights? baseModel) => Run(recipe, baseModel, isComparison: true);

    private static ImmutableArray<FormatFinding> Run(BlendRecipe recipe, BaseWeights? baseModel, bool isComparison)
    {
        var check = new BlendCheck(recipe, baseModel);
        check._findings.AddRange(RecipeCheck.Run(recipe));
        if (check._findings.Count > 0)
            return [.. check._findings];
        foreach (var parent in recipe.Contributing)
            check.CheckParent(recipe.Parents[parent].Name, recipe.Parents[parent].Adapter!);
        if (!isComparison)
        {
            check.CheckSettings();
            check.CheckSaved();
        }

        check.CheckModules();
        return [.. check._findings];
    }

    private void CheckParent(string name, LoraAdapter adapter)
    {
        if (adapter.Modules.Any(module => module.Magnitude is not null))
            CheckDora(name, adapter);
        else if (adapter.Config.UseDora)
            Add(name, "its config says DoRA, but it has no magnitudes");

        if (adapter.Config.ChangesBaseWeights)
        {
            Add(name, "its initialisation changed the base model's weights, so its factors do not fit the base that the other parents have; convert it to plain LoRA first",
                "init_lora_weights true or gaussian", adapter.Config.InitLoraWeights);
        }

        _findings.AddRange(adapter.FindNonFinite().Select(finding => finding with { Problem = $"{finding.Problem} in {name}" }));
    }

    /// <summary>DoRA's magnitudes rescale the base's own rows: its change W' - W_0 has full rank, and needs the base.</summary>
    private void CheckDora(string name, LoraAdapter adapter)
    {
        const string dora = "this is a DoRA adapter: its magnitudes rescale the base model's own weights, so its change is no product of two factors";
        if (recipe.Method == BlendMethod.Exact)
        {
            if (!IsTakenAsItIs(adapter))
                Add(name, $"{dora}; only alone and with weight 1 it stays exact", "a method with a rank", recipe.Method.Name());
            return;
        }

        if (!recipe.Method.TakesFullRankParents())
            Add(name, $"{dora}, which this method works on", "low_rank or another method with a rank", recipe.Method.Name());
        else if (baseModel is null || recipe.BaseModel is null)
            Add(name, $"{dora}; without the base model's weights the change cannot be worked out", "the base model, or an adapter without magnitudes");
        else
            _findings.AddRange(adapter.Modules.Where(module => module.Magnitude is not null).Select(baseModel.Problem).OfType<FormatFinding>());
        foreach (var module in adapter.Modules.Where(module => module.Magnitude is not null))
        {
            if (module.Kind != LoraModuleKind.Linear || module.BiasB is not null)
                Add(module.Path, $"{name} has a magnitude on {(module.BiasB is null ? "a layer that is no linear" : "a layer with lora_bias")}, which is not worked out here");
            else if (module.Magnitude!.Count != module.B.Shape[0])
                Add(module.Path, $"{name} has a magnitude of another size than the layer's outputs", $"{module.B.Shape[0]}", $"{module.Magnitude.Count}");
        }
    }

    private bool IsTakenAsItIs(LoraAdapter adapter) => recipe.Contributing.Count() == 1
        && adapter.Modules.All(module => recipe.Scale * recipe.Parents[recipe.Contributing.First()].WeightAt(module.Path) == 1);

    /// <summary>Settings that change what an adapter does and that one blend can have only once.</summary>
    private void CheckSettings()
    {
        Agree("alora_invocation_tokens", config => config.AloraInvocationTokens is { } tokens ? string.Join(' ', tokens) : "null");
        Agree("layer_replication", config => Show(config.LayerReplication));
        Agree("ensure_weight_tying", config => $"{config.EnsureWeightTying}");

        void Agree(string key, Func<PeftConfig, string> value)
        {
            var found = recipe.Contributing.Select(parent => value(recipe.Parents[parent].Adapter!.Config)).Distinct(StringComparer.Ordinal).ToList();
            if (found.Count > 1)
                Add(key, "the parents differ in this setting, and the blend can have only one", null, string.Join(" and ", found));
        }
    }

    private void CheckSaved()
    {
        var holders = recipe.Contributing.Where(parent => SavedTensors.Whole(recipe.Parents[parent].Adapter!).Any()).ToList();
        if (recipe.SavedModulesFrom is { } chosen && !holders.Contains(chosen))
        {
            Add("saved_modules_from", "this parent holds no whole modules, or has the weight 0",
                holders.Count == 0 ? "none" : string.Join(", ", holders.Select(holder => recipe.Parents[holder].Name)),
                chosen >= 0 && chosen < recipe.Parents.Length ? recipe.Parents[chosen].Name : $"{chosen}");
        }
        else if (holders.Count > 1 || (holders.Count == 1 && recipe.SavedModulesFrom is null))
        {
            foreach (var holder in holders)
            {
                Add(recipe.Parents[holder].Name,
                    $"it replaces whole tensors of the base model ({Quote(SavedTensors.Whole(recipe.Parents[holder].Adapter!))}), and those have no weighted sum",
                    holders.Count == 1 ? "to be told to take them from this parent" : "at most one parent with such tensors");
            }
        }

        foreach (var copies in recipe.Contributing.SelectMany(parent => SavedTensors.BaseCopies(recipe.Parents[parent].Adapter!)).GroupBy(copy => copy.Key, StringComparer.Ordinal))
        {
            if (copies.Select(copy => copy.Value).Distinct().Skip(1).Any())
                Add(copies.Key, "the parents' copies of this tensor of the base model differ, so they belong to different bases");
        }
    }

    private void CheckModules()
    {
        var modules = recipe.Contributing.SelectMany(parent => recipe.Parents[parent].Adapter!.Modules.Select(module => (recipe.Parents[parent].Name, Module: module)));
        foreach (var same in modules.GroupBy(entry => entry.Module.Path, StringComparer.Ordinal))
        {
            var first = same.First();
            foreach (var other in same.Skip(1).Where(other => Describe(other.Module) != Describe(first.Module)))
            {
                Add(same.Key, $"the layer has other sizes in {other.Name} than in {first.Name}: they were trained on different base models",
                    Describe(first.Module), Describe(other.Module));
            }

            if (recipe.Method == BlendMethod.PeftLinear && same.Select(entry => entry.Module.Rank).Distinct().Skip(1).Any())
                Add(same.Key, "PEFT's linear adds the factors themselves, which have different ranks here", "equal ranks, or another method", string.Join(", ", same.Select(entry => entry.Module.Rank)));
        }
    }

    private static string Describe(LoraModule module) =>
        $"{module.Kind} in [{string.Join(", ", module.A.Shape.AsSpan()[1..].ToArray())}] out {module.B.Shape[0]}";

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string Quote(IEnumerable<KeyValuePair<string, AdapterTensor>> tensors)
    {
        var names = tensors.Select(tensor => tensor.Key).Order(StringComparer.Ordinal).ToList();
        return names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";
    }

    private void Add(string? about, string problem, string? expected = null, string? found = null) =>
        _findings.Add(new FormatFinding(about, problem, expected, found));
}
