using System.Collections.Immutable;

namespace AdapterHub.Engine.Models;

/// <summary>Qwen 2 and 2.5: biases on query, key and value; a window on the upper layers where switched on (transformers models/qwen2).</summary>
internal sealed class Qwen2 : Architecture
{
    internal override string ModelType => "qwen2";

    internal override ModelConfig Complete(ModelConfig config, ModelConfigJson.Fields json) =>
        config with { QueryKeyValueBias = true, Windows = Windows(config, json) };

    internal static ImmutableArray<int> Windows(ModelConfig config, ModelConfigJson.Fields json)
    {
        if (json.Flag("use_sliding_window") is not true || json.Int("sliding_window") is not { } window)
            return [];
        var types = json.Texts("layer_types");
        var first = json.Int("max_window_layers") ?? 28;
        return [.. Enumerable.Range(0, config.Layers).Select(layer =>
            (types.Length == config.Layers ? types[layer] == "sliding_attention" : layer >= first) ? window : 0)];
    }
}
