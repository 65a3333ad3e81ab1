using System.Collections.Immutable;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Formats;

/// <summary>An adapter, whatever dialect it came in: the one form that readers produce and writers take.</summary>
public sealed record LoraAdapter
{
    private static readonly ImmutableDictionary<string, string> PyTorch = ImmutableDictionary<string, string>.Empty.Add("format", "pt");

    public required PeftConfig Config { get; init; }

    /// <summary>In ascending order of their paths, each path once.</summary>
    public required IReadOnlyList<LoraModule> Modules { get; init; }

    /// <summary>
    /// Whole tensors that replace the base's: modules_to_save, the biases of bias="all", resized embeddings, trained token rows. By their
    /// path in the base model, such as <c>lm_head.weight</c>; a saved layer that is a LoRA target too reads <c>...base_layer.weight</c>.
    /// </summary>
    public IReadOnlyDictionary<string, AdapterTensor> SavedModules { get; init; } = ImmutableDictionary<string, AdapterTensor>.Empty;

    /// <summary>The metadata of the tensor file; null for a file that has none.</summary>
    public IReadOnlyDictionary<string, string>? FileMetadata { get; init; } = PyTorch;

    /// <summary>Every tensor that holds NaN or infinite values; such an adapter poisons whatever it is applied to.</summary>
    public IReadOnlyList<FormatFinding> FindNonFinite()
    {
        var tensors = Modules.SelectMany(module => module.Tensors().Select(part => (Name: $"{module.Path} ({part.Part})", part.Tensor)))
            .Concat(SavedModules.Select(saved => (Name: saved.Key, Tensor: saved.Value)));
        return [.. from tensor in tensors
                   let count = tensor.Tensor.CountNonFinite()
                   where count > 0
                   select new FormatFinding(tensor.Name, "holds NaN or infinite values", "finite numbers", $"{count} of {tensor.Tensor.Count}")];
    }
}
