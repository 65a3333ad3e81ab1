using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AdapterHub.Formats.Inspection;

/// <summary>
/// Finds the layers of a model among its tensors. A header does not say what a layer is, so names decide where shapes cannot: an embedding by
/// its name, GPT-2's transposed layers by the model's type.
/// </summary>
internal static class BaseModules
{
    private const string Weight = ".weight";

    private static readonly FrozenSet<string> EmbeddingNames = new[]
    {
        "embed_tokens", "wte", "wpe", "word_embeddings", "position_embeddings", "token_type_embeddings", "embed_in", "embed_positions", "shared",
        "tok_embeddings", "token_embedding", "position_embedding", "embeddings", "embed_tokens_per_layer", "relative_attention_bias",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> InputEmbeddingNames =
        new[] { "embed_tokens", "wte", "word_embeddings", "embed_in", "shared", "tok_embeddings" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> TransposedTypes = new[] { "gpt2", "openai-gpt", "imagegpt", "decision_transformer" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> TransposedNames = new[] { "c_attn", "c_proj", "c_fc", "q_attn" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] HeadArchitectures = ["ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForMaskedLM"];

    public static FrozenDictionary<string, BaseModule> Find(BaseTensorMap map)
    {
        var modules = map.Tensors.Select(tensor => FindModule(map, tensor.Key, tensor.Value)).OfType<BaseModule>().ToList();
        if (FindTiedHead(map, modules) is { } head)
            modules.Add(head);
        return modules.ToFrozenDictionary(module => module.Path, StringComparer.Ordinal);
    }

    private static BaseModule? FindModule(BaseTensorMap map, string name, TensorOutline tensor)
    {
        if (name.EndsWith(".qweight", StringComparison.Ordinal))
            return FindPacked(map, name[..^".qweight".Length], tensor);
        if (!name.EndsWith(Weight, StringComparison.Ordinal) || name.Length == Weight.Length || tensor.Shape.Length is not (2 or 4))
            return null;
        var (path, shape) = (name[..^Weight.Length], tensor.Shape);
        var leaf = ModulePath.Leaf(path);
        if (shape.Length == 4)
            return new BaseModule(path, LoraModuleKind.Conv2d, shape[1], shape[0], shape);
        if (EmbeddingNames.Contains(leaf))
            return new BaseModule(path, LoraModuleKind.Embedding, shape[0], shape[1], shape);
        // bitsandbytes keeps a 4-bit weight as one column of bytes; its shape lies in a blob beside it.
        if (map.Tensors.ContainsKey(name + ".absmax"))
            return new BaseModule(path, LoraModuleKind.Linear, null, null, shape);
        var isTransposed = map.ModelType is { } type && TransposedTypes.Contains(type) && TransposedNames.Contains(leaf);
        return isTransposed
            ? new BaseModule(path, LoraModuleKind.Linear, shape[0], shape[1], shape)
            : new BaseModule(path, LoraModuleKind.Linear, shape[1], shape[0], shape);
    }

    /// <summary>GPTQ packs the rows of (in, out) into int32, AWQ its columns; the scales (groups, out) are not packed in either.</summary>
    private static BaseModule? FindPacked(BaseTensorMap map, string path, TensorOutline packed)
    {
        if (packed.Shape.Length != 2 || map.Tensors.GetValueOrDefault(path + ".scales") is not { Shape: [_, var outputs] })
            return null;
        long? inputs = packed.Shape[1] == outputs ? null : packed.Shape[0];
        if (map.Tensors.GetValueOrDefault(path + ".g_idx") is { Shape: [var indices] })
            inputs = indices;
        return new BaseModule(path, LoraModuleKind.Linear, inputs, outputs, packed.Shape);
    }

    /// <summary>A language model that stores no output head uses its input embedding (tie_word_embeddings).</summary>
    private static BaseModule? FindTiedHead(BaseTensorMap map, List<BaseModule> modules)
    {
        var path = map.ModelType == "gpt_neox" ? "embed_out" : "lm_head";
        if (modules.Any(module => module.Path == path) || !HeadArchitectures.Any(ending => map.Architecture?.EndsWith(ending, StringComparison.Ordinal) == true))
            return null;
        return modules.Find(module => module.Kind == LoraModuleKind.Embedding && InputEmbeddingNames.Contains(ModulePath.Leaf(module.Path))) is { } table
            ? new BaseModule(path, LoraModuleKind.Linear, table.Outputs, table.Inputs, table.Shape, IsTied: true)
            : null;
    }
}
