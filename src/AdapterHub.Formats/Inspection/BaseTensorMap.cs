using System.Collections.Frozen;
using System.Text.Json;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>
/// The tensors of a base model without their values, and the layers they make up: enough to say whether an adapter belongs to it. Read from the
/// headers of the weights and from <c>config.json</c>; a revision's never changes, so its JSON can be kept.
/// </summary>
public sealed class BaseTensorMap
{
    private const long LongestConfig = 16 << 20;
    private readonly Lazy<FrozenDictionary<string, BaseModule>> _modules;

    /// <param name="tensors">By name.</param>
    /// <param name="modelType"><c>model_type</c> of the config.</param>
    /// <param name="architecture">The first of the config's <c>architectures</c>.</param>
    public BaseTensorMap(IReadOnlyDictionary<string, TensorOutline> tensors, string? modelType = null, string? architecture = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        (Tensors, ModelType, Architecture) = (tensors.ToFrozenDictionary(StringComparer.Ordinal), modelType, architecture);
        Parameters = Tensors.Values.Sum(tensor => tensor.Count);
        _modules = new(() => BaseModules.Find(this));
    }

    /// <summary>Such as <c>llama</c>; null where there is no config.</summary>
    public string? ModelType { get; }

    /// <summary>Such as <c>LlamaForCausalLM</c>.</summary>
    public string? Architecture { get; }

    public IReadOnlyDictionary<string, TensorOutline> Tensors { get; }

    /// <summary>Linear layers, embeddings and convolutions by path.</summary>
    public IReadOnlyDictionary<string, BaseModule> Modules => _modules.Value;

    /// <summary>Elements of all tensors as stored; a quantised model packs several numbers into one.</summary>
    public long Parameters { get; }

    /// <summary>Reads a model folder as transformers lays it out; <c>config.json</c> may be absent.</summary>
    /// <exception cref="AdapterFormatException">As for <see cref="SafetensorsCheckpoint.Open"/>, and for a config that is no JSON object.</exception>
    public static BaseTensorMap Read(string folder, SafetensorsLimits? limits = null)
    {
        using var checkpoint = SafetensorsCheckpoint.Open(folder, limits);
        var config = Path.Combine(folder, "config.json");
        return Of(checkpoint, File.Exists(config) ? config : null);
    }

    /// <summary>The map of an open checkpoint.</summary>
    /// <param name="checkpoint">The weights, of which nothing but the headers is read.</param>
    /// <param name="configPath">Its <c>config.json</c>; null where there is none.</param>
    /// <exception cref="AdapterFormatException">The config is no JSON object.</exception>
    public static BaseTensorMap Of(SafetensorsCheckpoint checkpoint, string? configPath)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var (modelType, architecture) = configPath is null ? (null, null) : ReadConfig(configPath);
        return new BaseTensorMap(
            checkpoint.Tensors.ToDictionary(entry => entry.Key, entry => new TensorOutline(entry.Value.Tensor.Dtype, entry.Value.Tensor.Shape), StringComparer.Ordinal),
            modelType,
            architecture);
    }

    /// <summary>Compact JSON; layers that are alike are written once.</summary>
    public string ToJson() => BaseTensorMapJson.Write(this);

    /// <exception cref="JsonException">The text is not what <see cref="ToJson"/> writes.</exception>
    public static BaseTensorMap FromJson(string json) => BaseTensorMapJson.Read(json);

    private static (string? ModelType, string? Architecture) ReadConfig(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LongestConfig)
                throw new AdapterFormatException(path, [new FormatFinding(null, "the config is too long to be one", $"at most {LongestConfig} bytes")]);
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new AdapterFormatException(path, [new FormatFinding(null, "the config is not a JSON object")]);
            return (FindText(document.RootElement, "model_type"), FindFirst(document.RootElement, "architectures"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new AdapterFormatException(path, [new FormatFinding(null, "the config is not valid JSON", null, exception.Message)]);
        }
    }

    private static string? FindText(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? FindFirst(JsonElement root, string key) =>
        root.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()).FirstOrDefault()
            : null;
}
