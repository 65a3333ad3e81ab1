using System.Collections.Immutable;
using System.Text.Json.Nodes;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Blending;

/// <summary>What cannot be blended, and why. A weighted sum that is not one would be silently wrong.</summary>
public sealed class BlendCheck
{
    private readonly BlendRecipe _recipe;
    private readonly Func<LoraModule, FormatFinding?>? _baseProblem;
    private readonly bool _areOutlines;
    private readonly List<FormatFinding> _findings = [];

    private BlendCheck(BlendRecipe recipe, Func<LoraModule, FormatFinding?>? baseProblem, bool areOutlines) =>
        (_recipe, _baseProblem, _areOutlines) = (recipe, baseProblem, areOutlines);

    /// <param name="recipe">With its parents in memory.</param>
    /// <param name="baseProblem">Why a module does not fit the base model; null where there is no base model to work DoRA out with.</param>
    public static ImmutableArray<FormatFinding> Run(BlendRecipe recipe, Func<LoraModule, FormatFinding?>? baseProblem) =>
        Run(new BlendCheck(recipe, baseProblem, areOutlines: false), isComparison: false);

    /// <summary>What keeps adapters from being compared: other sizes, NaN, DoRA without its base. Settings and whole tensors do not matter then.</summary>
    public static ImmutableArray<FormatFinding> RunForComparison(BlendRecipe recipe, Func<LoraModule, FormatFinding?>? baseProblem) =>
        Run(new BlendCheck(recipe, baseProblem, areOutlines: false), isComparison: true);

    /// <summary>
    /// What can be said before a tensor is read, from configs and headers alone; numbers that are none, and whether DoRA parents fit their base,
    /// show later.
    /// </summary>
    /// <param name="recipe">Its parents need not be in memory.</param>
    /// <param name="files">A parent's config and its tensors.</param>
    /// <exception cref="AdapterFormatException">A parent is no adapter.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ImmutableArray<FormatFinding> RunOnHeaders(BlendRecipe recipe, Func<BlendParent, (string Config, string Tensors)> files)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(files);
        var parents = recipe.Parents.Select(parent => parent.Contributes ? parent with { Adapter = ReadHeader(files(parent)) } : parent);
        return Run(new BlendCheck(recipe with { Parents = [.. parents] }, _ => null, areOutlines: true), isComparison: false);
    }

    private static LoraAdapter ReadHeader((string Config, string Tensors) files)
    {
        using var tensors = SafetensorsFile.Open(files.Tensors, SafetensorsLimits.Upload);
        return AdapterOutline.ReadHeader(PeftConfig.Read(files.Config), tensors);
    }

    private static ImmutableArray<FormatFinding> Run(BlendCheck check, bool isComparison)
    {
        var recipe = check._recipe;
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

        if (!_areOutlines)
            _findings.AddRange(adapter.FindNonFinite().Select(finding => finding with { Problem = $"{finding.Problem} in {name}" }));
    }

    /// <summary>DoRA's magnitudes rescale the base's own rows: its change W' - W_0 has full rank, and needs the base.</summary>
    private void CheckDora(string name, LoraAdapter adapter)
    {
        const string dora = "this is a DoRA adapter: its magnitudes rescale the base model's own weights, so its change is no product of two factors";
        if (_recipe.Method == BlendMethod.Exact)
        {
            if (!IsTakenAsItIs(adapter))
                Add(name, $"{dora}; only alone and with weight 1 it stays exact", "a method with a rank", _recipe.Method.Name());
            return;
        }

        if (!_recipe.Method.TakesFullRankParents())
            Add(name, $"{dora}, which this method works on", "low_rank or another method with a rank", _recipe.Method.Name());
        else if (_baseProblem is null || _recipe.BaseModel is null)
            Add(name, $"{dora}; without the base model's weights the change cannot be worked out", "the base model, or an adapter without magnitudes");
        else
            _findings.AddRange(adapter.Modules.Where(module => module.Magnitude is not null).Select(_baseProblem).OfType<FormatFinding>());
        foreach (var module in adapter.Modules.Where(module => module.Magnitude is not null))
        {
            if (module.Kind != LoraModuleKind.Linear || module.BiasB is not null)
                Add(module.Path, $"{name} has a magnitude on {(module.BiasB is null ? "a layer that is no linear" : "a layer with lora_bias")}, which is not worked out here");
            else if (module.Magnitude!.Count != module.B.Shape[0])
                Add(module.Path, $"{name} has a magnitude of another size than the layer's outputs", $"{module.B.Shape[0]}", $"{module.Magnitude.Count}");
        }
    }

    private bool IsTakenAsItIs(LoraAdapter adapter) => _recipe.Contributing.Count() == 1
        && adapter.Modules.All(module => _recipe.Scale * _recipe.Parents[_recipe.Contributing.First()].WeightAt(module.Path) == 1);

    /// <summary>Settings that change what an adapter does and that one blend can have only once.</summary>
    private void CheckSettings()
    {
        Agree("alora_invocation_tokens", config => config.AloraInvocationTokens is { } tokens ? string.Join(' ', tokens) : "null");
        Agree("layer_replication", config => Show(config.LayerReplication));
        Agree("ensure_weight_tying", config => $"{config.EnsureWeightTying}");

        void Agree(string key, Func<PeftConfig, string> value)
        {
            var found = _recipe.Contributing.Select(parent => value(_recipe.Parents[parent].Adapter!.Config)).Distinct(StringComparer.Ordinal).ToList();
            if (found.Count > 1)
                Add(key, "the parents differ in this setting, and the blend can have only one", null, string.Join(" and ", found));
        }
    }

    private void CheckSaved()
    {
        var holders = _recipe.Contributing.Where(parent => SavedTensors.Whole(_recipe.Parents[parent].Adapter!).Any()).ToList();
        if (_recipe.SavedModulesFrom is { } chosen && !holders.Contains(chosen))
        {
            Add("saved_modules_from", "this parent holds no whole modules, or has the weight 0",
                holders.Count == 0 ? "none" : string.Join(", ", holders.Select(holder => _recipe.Parents[holder].Name)),
                chosen >= 0 && chosen < _recipe.Parents.Length ? _recipe.Parents[chosen].Name : $"{chosen}");
        }
        else if (holders.Count > 1 || (holders.Count == 1 && _recipe.SavedModulesFrom is null))
        {
            foreach (var holder in holders)
            {
                Add(_recipe.Parents[holder].Name,
                    $"it replaces whole tensors of the base model ({Quote(SavedTensors.Whole(_recipe.Parents[holder].Adapter!))}), and those have no weighted sum",
                    holders.Count == 1 ? "to be told to take them from this parent" : "at most one parent with such tensors");
            }
        }

        foreach (var copies in _recipe.Contributing.SelectMany(parent => SavedTensors.BaseCopies(_recipe.Parents[parent].Adapter!)).GroupBy(copy => copy.Key, StringComparer.Ordinal))
        {
            if (copies.Select(copy => copy.Value).Distinct().Skip(1).Any())
                Add(copies.Key, "the parents' copies of this tensor of the base model differ, so they belong to different bases");
        }
    }

    private void CheckModules()
    {
        var modules = _recipe.Contributing.SelectMany(parent => _recipe.Parents[parent].Adapter!.Modules.Select(module => (_recipe.Parents[parent].Name, Module: module)));
        foreach (var same in modules.GroupBy(entry => entry.Module.Path, StringComparer.Ordinal))
        {
            var first = same.First();
            foreach (var other in same.Skip(1).Where(other => Describe(other.Module) != Describe(first.Module)))
            {
                Add(same.Key, $"the layer has other sizes in {other.Name} than in {first.Name}: they were trained on different base models",
                    Describe(first.Module), Describe(other.Module));
            }

            if (_recipe.Method == BlendMethod.PeftLinear && same.Select(entry => entry.Module.Rank).Distinct().Skip(1).Any())
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
