using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Peft;

/// <summary>What each key of <c>adapter_config.json</c> may hold (peft 0.20, tuners/lora/config.py and config.py).</summary>
internal static class PeftConfigSchema
{
    [Flags]
    private enum Holds
    {
        None = 0,
        Nothing = 1,
        Switch = 2,
        Whole = 4,
        Number = 8,
        Text = 16,
        Texts = 32,
        Wholes = 64,
        Object = 128,
        WholesByName = 256,
        NumbersByName = 512,
        Array = 1024,
    }

    private static readonly FrozenDictionary<string, Holds> Keys = new Dictionary<string, Holds>(StringComparer.Ordinal)
    {
        ["task_type"] = Holds.Text | Holds.Nothing,
        ["peft_type"] = Holds.Text,
        ["auto_mapping"] = Holds.Object | Holds.Nothing,
        ["peft_version"] = Holds.Text | Holds.Nothing,
        ["base_model_name_or_path"] = Holds.Text | Holds.Nothing,
        ["revision"] = Holds.Text | Holds.Nothing,
        ["inference_mode"] = Holds.Switch | Holds.Nothing,
        ["r"] = Holds.Whole,
        ["target_modules"] = Holds.Text | Holds.Texts | Holds.Nothing,
        ["exclude_modules"] = Holds.Text | Holds.Texts | Holds.Nothing,
        ["lora_alpha"] = Holds.Number,
        ["lora_dropout"] = Holds.Number | Holds.Nothing,
        ["fan_in_fan_out"] = Holds.Switch | Holds.Nothing,
        ["bias"] = Holds.Text | Holds.Nothing,
        ["use_rslora"] = Holds.Switch | Holds.Nothing,
        ["modules_to_save"] = Holds.Texts | Holds.Nothing,
        ["init_lora_weights"] = Holds.Switch | Holds.Text | Holds.Nothing,
        ["layers_to_transform"] = Holds.Whole | Holds.Wholes | Holds.Nothing,
        ["layers_pattern"] = Holds.Text | Holds.Texts | Holds.Nothing,
        ["rank_pattern"] = Holds.WholesByName | Holds.Nothing,
        ["alpha_pattern"] = Holds.NumbersByName | Holds.Nothing,
        ["megatron_config"] = Holds.Object | Holds.Nothing,
        ["megatron_core"] = Holds.Text | Holds.Nothing,
        ["trainable_token_indices"] = Holds.Wholes | Holds.Object | Holds.Nothing,
        ["loftq_config"] = Holds.Object | Holds.Nothing,
        ["eva_config"] = Holds.Object | Holds.Nothing,
        ["corda_config"] = Holds.Object | Holds.Nothing,
        ["lora_ga_config"] = Holds.Object | Holds.Nothing,
        ["use_dora"] = Holds.Switch | Holds.Nothing,
        ["velora_config"] = Holds.Object | Holds.Nothing,
        ["monteclora_config"] = Holds.Object | Holds.Nothing,
        ["kasa_config"] = Holds.Object | Holds.Nothing,
        ["arrow_config"] = Holds.Object | Holds.Nothing,
        ["use_bdlora"] = Holds.Object | Holds.Switch | Holds.Nothing,
        ["alora_invocation_tokens"] = Holds.Wholes | Holds.Nothing,
        ["use_qalora"] = Holds.Switch | Holds.Nothing,
        ["qalora_group_size"] = Holds.Whole | Holds.Nothing,
        ["layer_replication"] = Holds.Array | Holds.Nothing,
        ["lora_bias"] = Holds.Switch | Holds.Nothing,
        ["target_parameters"] = Holds.Texts | Holds.Nothing,
        ["ensure_weight_tying"] = Holds.Switch | Holds.Nothing,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Knows(string key) => Keys.ContainsKey(key);

    /// <summary>Finds known keys whose values are of the wrong kind.</summary>
    public static void Check(JsonObject values, FormatFindings findings)
    {
        foreach (var (key, value) in values)
        {
            if (Keys.TryGetValue(key, out var allowed) && (KindsOf(value) & allowed) == Holds.None)
                findings.Add(key, "the value has the wrong type", Describe(allowed), value is null ? "null" : Shorten(value.ToJsonString()));
        }
    }

    private static Holds KindsOf(JsonNode? value) => value switch
    {
        null => Holds.Nothing,
        JsonObject members => Holds.Object | (members.All(member => IsWhole(member.Value)) ? Holds.WholesByName : Holds.None)
            | (members.All(member => IsNumber(member.Value)) ? Holds.NumbersByName : Holds.None),
        JsonArray items => Holds.Array | (items.All(IsWhole) ? Holds.Wholes : Holds.None)
            | (items.All(item => item?.GetValueKind() == JsonValueKind.String) ? Holds.Texts : Holds.None),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True or JsonValueKind.False => Holds.Switch,
            JsonValueKind.String => Holds.Text,
            _ => (IsWhole(value) ? Holds.Whole : Holds.None) | (IsNumber(value) ? Holds.Number : Holds.None),
        },
    };

    private static bool IsWhole(JsonNode? value) => value is JsonValue number && PeftConfigValues.TryGetWhole(number, out _);

    private static bool IsNumber(JsonNode? value) => value is JsonValue number && PeftConfigValues.TryGetNumber(number, out _);

    private static string Describe(Holds allowed) => string.Join(" or ", Enum.GetValues<Holds>().Where(kind => kind != Holds.None && allowed.HasFlag(kind)).Select(kind => kind switch
    {
        Holds.Nothing => "null",
        Holds.Switch => "true or false",
        Holds.Whole => "a whole number",
        Holds.Number => "a number",
        Holds.Text => "a string",
        Holds.Texts => "a list of strings",
        Holds.Wholes => "a list of whole numbers",
        Holds.WholesByName => "an object of whole numbers",
        Holds.NumbersByName => "an object of numbers",
        Holds.Array => "a list",
        _ => "an object",
    }));

    private static string Shorten(string json) => json.Length <= 60 ? json : json[..60] + "...";
}
