namespace AdapterHub.Engine.Models;

/// <summary>Mistral 7B and its kin: Llama with a sliding window on every layer (transformers models/mistral).</summary>
internal sealed class Mistral : Architecture
{
    internal override string ModelType => "mistral";

    internal override ModelConfig Complete(ModelConfig config, ModelConfigJson.Fields json) =>
        config with { Windows = [.. Enumerable.Repeat(json.Int("sliding_window") ?? 0, config.Layers)] };
}
