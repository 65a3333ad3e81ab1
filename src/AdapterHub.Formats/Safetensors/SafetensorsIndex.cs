using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Formats.Safetensors;

/// <summary>Hugging Face's <c>model.safetensors.index.json</c>: which shard holds which tensor.</summary>
internal static class SafetensorsIndex
{
    public const string FileName = "model.safetensors.index.json";

    /// <summary>Reads the weight map in the order of the file.</summary>
    /// <exception cref="AdapterFormatException">Not JSON, no map, a tensor named twice, or a shard's name that is not a plain file name beside the index.</exception>
    public static OrderedDictionary<string, string> Read(string path, SafetensorsLimits limits)
    {
        var findings = new FormatFindings();
        var length = new FileInfo(path).Length;
        if (length > limits.HeaderBytes)
        {
            findings.Add(null, "the index is longer than allowed", $"at most {limits.HeaderBytes} bytes", $"{length}");
            throw findings.ToException(path);
        }

        var map = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            ReadMap(document.RootElement, map, findings);
        }
        catch (JsonException exception)
        {
            findings.Add(null, "the index is not valid JSON or names a tensor twice", null, exception.Message);
        }
        catch (InvalidOperationException)
        {
            findings.Add(null, "the index holds a string that is not Unicode");
        }

        findings.ThrowIfAny(path);
        return map;
    }

    /// <summary>The index as transformers writes it: Python's json.dumps with indent 2 and sorted keys, and a line feed.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> weightMap, long totalBytes)
    {
        var map = new JsonObject();
        foreach (var (tensor, shard) in weightMap)
            map[tensor] = shard;
        var root = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = totalBytes }, ["weight_map"] = map };
        return Text.PythonJson.Write(root) + "\n";
    }

    /// <summary>A shard lies beside its index: no folders, nothing rooted, nothing hidden, and safetensors by name.</summary>
    public static bool IsPlainShardName(string name) =>
        name.Length is > 0 and <= 255 && name[0] != '.' && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c))
        && name.EndsWith(".safetensors", StringComparison.Ordinal);

    private static void ReadMap(JsonElement root, OrderedDictionary<string, string> map, FormatFindings findings)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out var weights) || weights.ValueKind != JsonValueKind.Object)
        {
            findings.Add("weight_map", "the index has no weight_map", "an object of tensor name to shard file");
            return;
        }

        foreach (var weight in weights.EnumerateObject())
        {
            var shard = weight.Value.ValueKind == JsonValueKind.String ? weight.Value.GetString()! : weight.Value.GetRawText();
            if (weight.Value.ValueKind == JsonValueKind.String && IsPlainShardName(shard))
                map.Add(weight.Name, shard);
            else if (PickleFiles.HasPickleName(shard))
                findings.Add(weight.Name, "its shard is a pickle file, which is refused unread; convert the model to safetensors", "a .safetensors file", shard);
            else
                findings.Add(weight.Name, "its shard is not the plain name of a .safetensors file beside the index", null, shard);
        }

        if (map.Count == 0)
            findings.Add("weight_map", "the weight_map is empty");
    }
}
