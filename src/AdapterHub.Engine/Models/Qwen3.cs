namespace AdapterHub.Engine.Models;

/// <summary>Qwen 3: no biases by default, RMS norm on every query and key head (transformers models/qwen3).</summary>
internal sealed class Qwen3 : Architecture
{
    internal override string ModelType => "qwen3";

    internal override ModelConfig Complete(ModelConfig config, ModelConfigJson.Fields json)
    {
        var bias = json.Flag("attention_bias") ?? false;
        return config with
        {
            HeadDim = json.Int("head_dim") ?? 128,
            QueryKeyNorm = true,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            Windows = Qwen2.Windows(config, json),
        };
    }
}
