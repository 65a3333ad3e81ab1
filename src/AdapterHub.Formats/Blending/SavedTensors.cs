using System.Collections.Immutable;

namespace AdapterHub.Formats.Blending;

/// <summary>The two kinds of whole tensors beside the factors.</summary>
public static class SavedTensors
{
    private const string BaseWeight = ".base_layer.weight";
    private const string TokenRows = ".token_adapter.";

    /// <summary>Tensors that replace the base's own and were trained: modules_to_save, biases, token rows, resized embeddings.</summary>
    public static IEnumerable<KeyValuePair<string, AdapterTensor>> Whole(LoraAdapter adapter) => adapter.SavedModules.Where(saved => !IsBaseCopy(saved.Key));

    /// <summary>The base's own weight of a LoRA layer: PEFT saves it where the layer is an embedding, although training leaves it alone.</summary>
    public static IEnumerable<KeyValuePair<string, AdapterTensor>> BaseCopies(LoraAdapter adapter) => adapter.SavedModules.Where(saved => IsBaseCopy(saved.Key));

    /// <summary>What the blend keeps: the chosen parent's trained tensors, and the base's copies of layers that the blend has.</summary>
    public static ImmutableSortedDictionary<string, AdapterTensor> Keep(BlendRecipe recipe, IEnumerable<LoraModule> modules, List<FormatFinding> findings)
    {
        var paths = modules.Select(module => module.Path).ToHashSet(StringComparer.Ordinal);
        var kept = recipe.Contributing.SelectMany(parent => BaseCopies(recipe.Parents[parent].Adapter!))
            .Where(copy => paths.Contains(copy.Key[..^BaseWeight.Length]))
            .DistinctBy(copy => copy.Key, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(StringComparer.Ordinal).ToBuilder();
        if (recipe.SavedModulesFrom is not { } chosen)
            return kept.ToImmutable();
        foreach (var (name, tensor) in Whole(recipe.Parents[chosen].Adapter!))
        {
            var inBlend = Rename(name, paths);
            if (kept.TryGetValue(inBlend, out var other) && !other.Equals(tensor))
                findings.Add(new FormatFinding(name, "one parent replaces this tensor and another one was trained on the base's own", null, inBlend));
            if (name.IndexOf(TokenRows, StringComparison.Ordinal) is > 0 and var end && paths.Contains(name[..end]))
                findings.Add(new FormatFinding(name, "one parent replaces rows of this layer and another one changes it by factors; no adapter can do both"));
            kept[inBlend] = tensor;
        }

        return kept.ToImmutable();
    }

    /// <summary>A layer's own bias lies one level deeper in a model where the layer carries factors; in the blend another parent may bring them.</summary>
    private static string Rename(string name, HashSet<string> paths)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && paths.Contains(name[..dot]) ? $"{name[..dot]}.base_layer{name[dot..]}" : name;
    }

    private static bool IsBaseCopy(string name) => name.EndsWith(BaseWeight, StringComparison.Ordinal);
}
