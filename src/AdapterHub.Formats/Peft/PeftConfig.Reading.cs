using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Peft;

public sealed partial record PeftConfig
{
    private const int LongestFile = 16 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads an <c>adapter_config.json</c>.</summary>
    /// <exception cref="AdapterFormatException">It is not JSON, not LoRA, or holds values that make no sense; all findings at once.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static PeftConfig Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LongestFile)
            throw new AdapterFormatException(path, [new FormatFinding(null, "the config is too long to be one", $"at most {LongestFile} bytes", $"{length}")]);
        try
        {
            return Parse(StrictUtf8.GetString(File.ReadAllBytes(path)), path);
        }
        catch (DecoderFallbackException)
        {
            throw new AdapterFormatException(path, [new FormatFinding(null, "the config is not valid UTF-8")]);
        }
    }

    /// <summary>Parses the text of a config.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">What to call it in an error.</param>
    /// <exception cref="AdapterFormatException">As for <see cref="Read"/>.</exception>
    public static PeftConfig Parse(string json, string path = FileName)
    {
        var findings = new FormatFindings();
        var root = ParseObject(json, findings);
        findings.ThrowIfAny(path);
        if (!root!.ContainsKey("peft_type"))
            findings.Add("peft_type", "the key is missing, so this is no PEFT config", "LORA");
        PeftConfigSchema.Check(root, findings);
        findings.ThrowIfAny(path);

        var config = new PeftConfig(root, json);
        config.CheckValues(findings);
        findings.ThrowIfAny(path);
        return config;
    }

    private static JsonObject? ParseObject(string json, FormatFindings findings)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
            if (node is JsonObject root)
            {
                Touch(root);
                return root;
            }

            findings.Add(null, "the config is not a JSON object", "an object", node is null ? "null" : node.GetValueKind().ToString());
        }
        catch (JsonException exception)
        {
            findings.Add(null, "the config is not valid JSON, or a key occurs twice", null, exception.Message);
        }
        catch (InvalidOperationException)
        {
            findings.Add(null, "the config holds an escaped surrogate without its partner, which is not a Unicode string");
        }
        catch (ArgumentException exception)
        {
            // The text itself holds half a surrogate pair, or JsonObject met a key twice.
            findings.Add(null, "the config is not valid Unicode, or a key occurs twice", null, exception.Message);
        }

        return null;
    }

    /// <summary>JsonNode reads lazily; decoding every string now means that none can fail later.</summary>
    private static void Touch(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var member in members)
                    Touch(member.Value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Touch(item);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }

    private void CheckValues(FormatFindings findings)
    {
        if (PeftType != "LORA")
            findings.Add("peft_type", "only LoRA adapters are understood", "LORA", PeftType);
        if (Rank < 1)
            findings.Add("r", "the rank must be at least 1", ">= 1", $"{Rank}");
        if (LoraDropout is < 0 or > 1)
            findings.Add("lora_dropout", "the dropout is a probability", "0 to 1", $"{LoraDropout}");
        if (_values.GetText("bias") is not (null or "none" or "all" or "lora_only"))
            findings.Add("bias", "unknown value", "none, all or lora_only", _values.GetText("bias"));
        foreach (var (pattern, rank) in RankPattern.Where(entry => entry.Value < 1))
            findings.Add("rank_pattern", $"the rank for '{pattern}' must be at least 1", ">= 1", $"{rank}");
        if (TargetModules?.Pattern is not null && (LayersToTransform is not null || LayersPattern.Length > 0))
            findings.Add("layers_to_transform", "it cannot be used when target_modules is a string", "a list of target_modules");
        if (TargetModules is null && TargetParameters.IsEmpty && !_values.Json.ContainsKey("target_modules"))
            findings.Add("target_modules", "the key is missing");
        TargetModuleMatcher.Check(this, findings);
    }
}
