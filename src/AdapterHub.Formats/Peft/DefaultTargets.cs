using System.Collections.Frozen;

namespace AdapterHub.Formats.Peft;

/// <summary>Which modules PEFT targets when a config names none: by the base's <c>model_type</c> (peft/utils/constants.py).</summary>
public static class DefaultTargets
{
    private static readonly FrozenDictionary<string, string[]> ByModelType = new (string[] Types, string[] Modules)[]
    {
        (["llama", "llama4", "mistral", "mixtral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "stablelm", "opt", "gptj", "gpt_neo", "bart"],
            ["q_proj", "v_proj"]),
        (["gpt2", "gpt_bigcode"], ["c_attn"]),
        (["bloom", "gpt_neox", "falcon", "chatglm"], ["query_key_value"]),
        (["bert", "roberta", "xlm-roberta", "electra"], ["query", "value"]),
        (["t5", "mt5"], ["q", "v"]),
        (["phi"], ["q_proj", "v_proj", "fc1", "fc2"]),
    }.SelectMany(row => row.Types.Select(type => (type, row.Modules))).ToFrozenDictionary(row => row.type, row => row.Modules, StringComparer.Ordinal);

    /// <summary>The targets of a model type; null when it is not in the table or not given.</summary>
    public static ModuleSelection? Find(string? modelType) =>
        modelType is not null && ByModelType.TryGetValue(modelType, out var modules) ? ModuleSelection.FromNames(modules) : null;
}
