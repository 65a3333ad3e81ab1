using System.Text.Json.Nodes;
using AdapterHub.Formats.Text;

namespace AdapterHub.Formats.Peft;

/// <summary>What <c>bias</c> trains besides the low-rank factors.</summary>
public enum PeftBias
{
    None,
    All,
    LoraOnly,
}

/// <summary>
/// <c>adapter_config.json</c> of a LoRA adapter. Immutable: edit with <c>with</c>. Every key of peft's LoraConfig is typed; a key that is not
/// known here is kept as it was. A config that was read and not changed is written byte for byte as it was read.
/// </summary>
public sealed partial record PeftConfig
{
    public const string FileName = "adapter_config.json";
    private static readonly string[] OrderedKeys = ["rank_pattern", "alpha_pattern"];
    private readonly PeftConfigValues _values;
    private readonly (string Text, JsonObject Json)? _source;

    /// <summary>A new adapter's config: PEFT's defaults, with the keys that every PEFT since 0.10 knows.</summary>
    public PeftConfig()
        : this(NewAdapter(), null)
    {
    }

    private PeftConfig(JsonObject json, string? source)
    {
        _values = new PeftConfigValues(json);
        _source = source is null ? null : (source, (JsonObject)json.DeepClone());
    }

    private PeftConfig(PeftConfig original)
    {
        _values = new PeftConfigValues((JsonObject)original._values.Json.DeepClone());
        _source = original._source;
    }

    /// <summary>Everything as JSON, a copy.</summary>
    public JsonObject Raw => (JsonObject)_values.Json.DeepClone();

    /// <summary>Keys that this version of the program does not know; PEFT would warn and drop them, here they stay.</summary>
    public IReadOnlyList<string> UnknownKeys => [.. _values.Json.Select(member => member.Key).Where(key => !PeftConfigSchema.Knows(key))];

    /// <summary>
    /// The initialisation changed the base model's weights (PiSSA, OLoRA, CorDA, LoRA-GA, LoftQ; EVA leaves them), so the factors fit only a
    /// base that was changed in the same way.
    /// </summary>
    public bool ChangesBaseWeights =>
        InitLoraWeights is { } init && (init.StartsWith("pissa", StringComparison.Ordinal) || init is "olora" or "corda" or "lora_ga" or "loftq");

    /// <summary>
    /// The text of the file: as read if nothing changed, otherwise as PEFT writes it (indent 2, sorted keys, no line feed at the end).
    /// Only the two patterns keep the order of their keys, since the first match wins.
    /// </summary>
    public string ToJson() => _source is { } source && JsonNode.DeepEquals(source.Json, _values.Json) && SamePatternOrder(source.Json)
        ? source.Text
        : PythonJson.Write(_values.Json, OrderedKeys);

    public bool Equals(PeftConfig? other) => other is not null && JsonNode.DeepEquals(_values.Json, other._values.Json) && SamePatternOrder(other._values.Json);

    public override int GetHashCode() => PythonJson.Write(_values.Json, OrderedKeys).GetHashCode(StringComparison.Ordinal);

    /// <summary>The JSON; a config can be shown in a log whole, it holds no secret.</summary>
    public override string ToString() => ToJson();

    private static JsonObject NewAdapter() => new()
    {
        ["alpha_pattern"] = new JsonObject(),
        ["auto_mapping"] = null,
        ["base_model_name_or_path"] = null,
        ["bias"] = "none",
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["layer_replication"] = null,
        ["layers_pattern"] = null,
        ["layers_to_transform"] = null,
        ["loftq_config"] = new JsonObject(),
        ["lora_alpha"] = 8,
        ["lora_dropout"] = 0.0,
        ["megatron_config"] = null,
        ["megatron_core"] = "megatron.core",
        ["modules_to_save"] = null,
        ["peft_type"] = "LORA",
        ["r"] = 8,
        ["rank_pattern"] = new JsonObject(),
        ["revision"] = null,
        ["target_modules"] = null,
        ["task_type"] = null,
        ["use_dora"] = false,
        ["use_rslora"] = false,
    };

    /// <summary>DeepEquals takes objects as unordered, but the order of the patterns decides which one applies.</summary>
    private bool SamePatternOrder(JsonObject other) => OrderedKeys.All(key =>
        (_values.Json[key] as JsonObject)?.Select(member => member.Key).SequenceEqual((other[key] as JsonObject)?.Select(member => member.Key) ?? []) ?? true);
}
