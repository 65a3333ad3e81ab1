namespace AdapterHub.Engine.Models;

/// <summary>Llama 1 to 3, SmolLM, TinyLlama (transformers models/llama).</summary>
internal sealed class Llama : Architecture
{
    internal override string ModelType => "llama";

    internal override ModelConfig Complete(ModelConfig config, ModelConfigJson.Fields json)
    {
        var attentionBias = json.Flag("attention_bias") ?? false;
        return config with { QueryKeyValueBias = attentionBias, OutputBias = attentionBias, MlpBias = json.Flag("mlp_bias") ?? false };
    }
}
