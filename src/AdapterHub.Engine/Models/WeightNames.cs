namespace AdapterHub.Engine.Models;

/// <summary>The weights a configuration asks for, under their names in Hugging Face checkpoints.</summary>
internal static class WeightNames
{
    internal const string Embedding = "model.embed_tokens";
    internal const string FinalNorm = "model.norm.weight";
    internal const string Head = "lm_head";

    internal static IEnumerable<(string Name, long[] Shape)> Expected(ModelConfig config)
    {
        yield return ($"{Embedding}.weight", [config.VocabularySize, config.HiddenSize]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = Layer(layer);
            yield return ($"{prefix}.input_layernorm.weight", [config.HiddenSize]);
            yield return ($"{prefix}.post_attention_layernorm.weight", [config.HiddenSize]);
            foreach (var (name, outputs, inputs, bias) in Linears(config))
            {
                yield return ($"{prefix}.{name}.weight", [outputs, inputs]);
                if (bias)
                    yield return ($"{prefix}.{name}.bias", [outputs]);
            }

            if (!config.QueryKeyNorm)
                continue;
            yield return ($"{prefix}.self_attn.q_norm.weight", [config.HeadDim]);
            yield return ($"{prefix}.self_attn.k_norm.weight", [config.HeadDim]);
        }

        yield return (FinalNorm, [config.HiddenSize]);
        if (!config.TieWordEmbeddings)
            yield return ($"{Head}.weight", [config.VocabularySize, config.HiddenSize]);
    }

    internal static string Layer(int layer) => $"model.layers.{layer}";

    /// <summary>The seven linears of a layer: name, outputs, inputs, bias.</summary>
    internal static IEnumerable<(string Name, long Outputs, long Inputs, bool Bias)> Linears(ModelConfig config)
    {
        long heads = config.Heads * config.HeadDim, keyValues = config.KeyValueHeads * config.HeadDim;
        yield return ("self_attn.q_proj", heads, config.HiddenSize, config.QueryKeyValueBias);
        yield return ("self_attn.k_proj", keyValues, config.HiddenSize, config.QueryKeyValueBias);
        yield return ("self_attn.v_proj", keyValues, config.HiddenSize, config.QueryKeyValueBias);
        yield return ("self_attn.o_proj", config.HiddenSize, heads, config.OutputBias);
        yield return ("mlp.gate_proj", config.IntermediateSize, config.HiddenSize, config.MlpBias);
        yield return ("mlp.up_proj", config.IntermediateSize, config.HiddenSize, config.MlpBias);
        yield return ("mlp.down_proj", config.HiddenSize, config.IntermediateSize, config.MlpBias);
    }
}
