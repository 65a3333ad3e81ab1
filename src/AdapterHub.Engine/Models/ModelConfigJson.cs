using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Models;

/// <summary><c>config.json</c> of transformers 4 and 5 (where rotary settings moved into <c>rope_parameters</c>).</summary>
internal static class ModelConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal static ModelConfig Read(string path)
    {
        if (!File.Exists(path))
            throw Error(path, "is missing: a model directory holds config.json, *.safetensors and tokenizer.json");
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is JsonObject json)
                return Read(new Fields(path, json));
        }
        catch (JsonException exception)
        {
            throw Error(path, $"is not valid JSON: {exception.Message}");
        }

        throw Error(path, "is not a JSON object");
    }

    private static ModelConfig Read(Fields json)
    {
        var architecture = Architecture.Find(json.Text("model_type") ?? "")
            ?? throw json.Error($"model_type '{json.Text("model_type")}' is not supported; supported are {string.Join(", ", Architecture.Names)}");
        if (json.Text("hidden_act") is { } activation && activation != "silu")
            throw json.Error($"hidden_act '{activation}' is not supported, only silu");
        var (hidden, heads) = (json.Size("hidden_size"), json.Size("num_attention_heads"));
        var keyValueHeads = json.Int("num_key_value_heads") ?? heads;
        if (heads % Math.Max(keyValueHeads, 1) != 0)
            throw json.Error($"num_key_value_heads {keyValueHeads} does not divide num_attention_heads {heads}");
        var config = new ModelConfig
        {
            ModelType = architecture.ModelType,
            HiddenSize = hidden,
            IntermediateSize = json.Size("intermediate_size"),
            Layers = json.Size("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = json.Int("head_dim") ?? hidden / heads,
            VocabularySize = json.Size("vocab_size"),
            ContextLength = json.Int("max_position_embeddings") ?? 2048,
            RmsNormEpsilon = json.Number("rms_norm_eps") ?? 1e-6,
            TieWordEmbeddings = json.Flag("tie_word_embeddings") ?? architecture.TiesByDefault,
            Rope = ReadRope(json),
            BosTokenId = json.Int("bos_token_id"),
            EosTokenIds = json.Ints("eos_token_id"),
            InitializerRange = json.Number("initializer_range") ?? 0.02,
        };
        return architecture.Complete(config, json);
    }

    private static RopeSettings ReadRope(Fields json)
    {
        var theta = json.Number("rope_theta") ?? 10_000;
        var scaling = json.Object("rope_parameters") ?? json.Object("rope_scaling");
        if (scaling is null)
            return new RopeSettings { Theta = theta };
        var type = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        if (type is not ("default" or "linear" or "llama3"))
            throw json.Error($"rope_type '{type}' is not supported; supported are default, linear, llama3");
        return new RopeSettings
        {
            Theta = scaling.Number("rope_theta") ?? theta,
            Type = type,
            Factor = scaling.Number("factor") ?? 1,
            LowFrequencyFactor = scaling.Number("low_freq_factor") ?? 1,
            HighFrequencyFactor = scaling.Number("high_freq_factor") ?? 4,
            OriginalContextLength = scaling.Number("original_max_position_embeddings") ?? 8192,
        };
    }

    internal static string Write(ModelConfig config)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray($"{char.ToUpperInvariant(config.ModelType[0])}{config.ModelType[1..]}ForCausalLM"),
            ["model_type"] = config.ModelType,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["head_dim"] = config.HeadDim,
            ["hidden_act"] = "silu",
            ["vocab_size"] = config.VocabularySize,
            ["max_position_embeddings"] = config.ContextLength,
            ["rms_norm_eps"] = config.RmsNormEpsilon,
            ["tie_word_embeddings"] = config.TieWordEmbeddings,
            ["rope_theta"] = config.Rope.Theta,
            ["initializer_range"] = config.InitializerRange,
            ["bos_token_id"] = config.BosTokenId,
            ["eos_token_id"] = config.EosTokenIds.IsDefaultOrEmpty ? null : config.EosTokenIds[0],
            ["torch_dtype"] = "bfloat16",
        };
        if (config.Rope.Type != "default")
            json["rope_scaling"] = new JsonObject
            {
                ["rope_type"] = config.Rope.Type,
                ["factor"] = config.Rope.Factor,
                ["low_freq_factor"] = config.Rope.LowFrequencyFactor,
                ["high_freq_factor"] = config.Rope.HighFrequencyFactor,
                ["original_max_position_embeddings"] = config.Rope.OriginalContextLength,
            };
        if (config.ModelType is "llama" or "qwen3")
            json["attention_bias"] = config.QueryKeyValueBias;
        if (config.ModelType == "llama")
            json["mlp_bias"] = config.MlpBias;
        if (config.ModelType == "mistral")
            json["sliding_window"] = config.Window(0) > 0 ? config.Window(0) : null;
        return json.ToJsonString(Indented);
    }

    internal static AdapterFormatException Error(string path, string problem) => new(path, [new FormatFinding(null, problem)]);

    /// <summary>Typed access that names the file and the key when a value is not what it should be.</summary>
    internal sealed class Fields(string path, JsonObject json)
    {
        public AdapterFormatException Error(string problem) => ModelConfigJson.Error(path, problem);

        public int Size(string key) => Int(key) is { } value and > 0 ? value : throw Error($"'{key}' must be a positive whole number");

        public int? Int(string key) => Number(key) is { } value ? (int)value : null;

        public string? Text(string key) => Value(key, JsonValueKind.String)?.GetValue<string>();

        public double? Number(string key) => Value(key, JsonValueKind.Number)?.GetValue<double>();

        public bool? Flag(string key) => Value(key, JsonValueKind.True, JsonValueKind.False)?.GetValue<bool>();

        public Fields? Object(string key) => json[key] is JsonObject inner ? new Fields(path, inner) : null;

        public ImmutableArray<int> Ints(string key) => json[key] switch
        {
            JsonArray items => [.. items.Select(item => (int)item!.GetValue<double>())],
            JsonValue => [Int(key)!.Value],
            _ => [],
        };

        public ImmutableArray<string> Texts(string key) => json[key] is JsonArray items ? [.. items.Select(item => item!.GetValue<string>())] : [];

        private JsonNode? Value(string key, params JsonValueKind[] kinds)
        {
            var node = json[key];
            if (node is null || node.GetValueKind() == JsonValueKind.Null)
                return null;
            return kinds.Contains(node.GetValueKind()) ? node : throw Error($"'{key}' is {node.ToJsonString()}, expected {kinds[0]}");
        }
    }
}
