using System.Collections.Immutable;
using System.Text.Json.Nodes;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Blending;

/// <summary>What cannot be blended, and why. A weighted sum that is not one would be silently wrong.</summary>
internal sealed class BlendCheck(BlendRecipe recipe)
{
    private readonly List<FormatFinding> _findings = [];

    public static ImmutableArray<FormatFinding> Run(BlendRecipe recipe)
    {
        var check = new BlendCheck(recipe);
        check.CheckRecipe();
        if (check._findings.Count == 0)
        {
            foreach (var parent in recipe.Contributing)
                check.CheckParent(recipe.Parents[parent].Name, recipe.Parents[parent].Adapter!);
            check.CheckSettings();
            check.CheckSaved();
            check.CheckModules();
        }

        return [.. check._findings];
    }

    private void CheckRecipe()
    {
        if (recipe.Parents.IsDefaultOrEmpty)
        {
            Add(null, "a blend needs parents", "one or more");
            return;
        }

        foreach (var parent in recipe.Parents)
        {
            if (!double.IsFinite(parent.Weight))
                Add(parent.Name, "the weight is not a number", "a finite number", $"{parent.Weight}");
            else if (parent.Weight != 0 && parent.Adapter is null)
                Add(parent.Name, "the parent has not been loaded");
        }

        if (recipe.Version != BlendRecipe.CurrentVersion)
            Add("version", "this version of a recipe is not known here", $"{BlendRecipe.CurrentVersion}", $"{recipe.Version}");
        if (!recipe.Contributing.Any())
            Add(null, "every weight is 0, so the blend would change nothing", "a weight other than 0");
        if (recipe is { Method: BlendMethod.LowRank, Rank: not > 0 })
            Add("rank", "a low-rank blend needs a rank", ">= 1", recipe.Rank is { } rank ? $"{rank}" : "none");
        if (recipe is { Method: BlendMethod.Exact, Rank: not null })
            Add("rank", "an exact blend has the rank that its parents add up to", "none", $"{recipe.Rank}");
        if (recipe.Dtype is not (SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16))
            Add("dtype", "a blend is not written in this type", "F32, F16 or BF16", recipe.Dtype.FileName());
    }

    private void CheckParent(string name, LoraAdapter adapter)
    {
        if (adapter.Config.UseDora || adapter.Modules.Any(module => module.Magnitude is not null))
        {
            Add(name, "this is a DoRA adapter: its magnitudes rescale the base model's own weights, so its change is not a sum that a weight could multiply",
                "LoRA or rsLoRA");
        }

        if (adapter.Config.ChangesBaseWeights)
        {
            Add(name, "its initialisation changed the base model's weights, so its factors do not fit the base that the other parents have; convert it to plain LoRA first",
                "init_lora_weights true or gaussian", adapter.Config.InitLoraWeights);
        }

        _findings.AddRange(adapter.FindNonFinite().Select(finding => finding with { Problem = $"{finding.Problem} in {name}" }));
    }

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
