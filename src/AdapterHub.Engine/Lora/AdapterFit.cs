using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Lora;

/// <summary>Says which tensors of an adapter do not belong to a base model: an adapter for another base is never a silent no-op.</summary>
public static class AdapterFit
{
    /// <exception cref="AdapterFormatException">Every module that the base lacks or that has another shape there.</exception>
    public static void Check(CausalModel model, LoraAdapter adapter)
    {
        var findings = Findings(model, adapter);
        if (findings.Count > 0)
            throw new AdapterFormatException($"adapter for {adapter.Config.BaseModelNameOrPath ?? "an unnamed base"}", findings);
    }

    public static IReadOnlyList<FormatFinding> Findings(CausalModel model, LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        var findings = adapter.Modules.SelectMany(module => Misfits(model, module)).ToList();
        findings.AddRange(adapter.SavedModules.Select(saved => SavedMisfit(model, adapter, saved.Key, saved.Value)).OfType<FormatFinding>());

        if (adapter.Modules.Count == 0 && adapter.SavedModules.Count == 0)
            findings.Add(new FormatFinding(null, "the adapter changes nothing: it has no tensors"));
        return findings;
    }

    private static IEnumerable<FormatFinding> Misfits(CausalModel model, LoraModule module)
    {
        if (module.Kind == LoraModuleKind.Conv2d || (module.Kind == LoraModuleKind.Embedding && module.Magnitude is not null))
        {
            yield return new FormatFinding(module.Path, "is of a kind that this model has no layers for", "a linear or an embedding", $"{module.Kind}");
            yield break;
        }

        var (inputs, outputs) = module.Kind == LoraModuleKind.Embedding
            ? Sizes(model.Embeddings.GetValueOrDefault(module.Path)?.Weight)
            : Sizes(model.Linears.GetValueOrDefault(module.Path)?.Weight, transposed: true);
        if (inputs == 0)
            yield return new FormatFinding(module.Path, "is no module of the base model");
        else if (module.A.Shape[1] != inputs || module.B.Shape[0] != outputs)
            yield return new FormatFinding(module.Path, "has another shape in the base model", $"{inputs} in, {outputs} out", $"{module.A.Shape[1]} in, {module.B.Shape[0]} out");
    }

    private static FormatFinding? SavedMisfit(CausalModel model, LoraAdapter adapter, string name, AdapterTensor tensor)
    {
        if (SavedModuleName.FindTokenTable(name) is { } table)
        {
            var rows = TokenRows.Find(adapter.Config, table).Length;
            var width = model.Embeddings.GetValueOrDefault(table)?.Weight.Size(1) ?? 0;
            return tensor.Shape.AsSpan().SequenceEqual([rows, width]) ? null
                : new FormatFinding(name, "does not fit trainable_token_indices and the base's embedding", Text([rows, width]), Text(tensor.Shape.AsSpan()));
        }

        var weight = SavedModuleName.ToWeight(name);
        if (model.FindWeight(weight) is not { } target)
            return new FormatFinding(name, "replaces a weight that the base model does not have");
        return target.Shape.SequenceEqual(tensor.Shape.AsSpan()) ? null
            : new FormatFinding(name, "has another shape in the base model", Text(target.Shape), Text(tensor.Shape.AsSpan()));
    }

    // A table (rows, width) takes rows and gives width; a linear (out, in) takes in and gives out.
    private static (long Inputs, long Outputs) Sizes(Torch.Tensor? weight, bool transposed = false)
    {
        if (weight is null)
            return (0, 0);
        return transposed ? (weight.Size(1), weight.Size(0)) : (weight.Size(0), weight.Size(1));
    }

    private static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
