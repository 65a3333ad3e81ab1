using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Whole weights that an adapter brings along (PEFT's modules_to_save and bias="all").</summary>
public sealed partial class CausalModel
{
    /// <summary>A base weight by its name in checkpoints; the head of a tied model is its embedding.</summary>
    internal Tensor? FindWeight(string name) =>
        _weights.GetValueOrDefault(name) ?? (name == $"{WeightNames.Head}.weight" ? _head.Weight : null);

    /// <summary>Puts another tensor in a weight's place; the result puts the old one back.</summary>
    internal Action ReplaceWeight(string name, Tensor weight)
    {
        var undo = ReplaceInLayer(name, weight);
        return _weights.TryGetValue(name, out var current) ? Swap(current, value => _weights[name] = value, weight) + undo : undo;
    }

    private Action ReplaceInLayer(string name, Tensor weight)
    {
        if (name == $"{WeightNames.Head}.weight")
            return Swap(_head.Weight, value => _head.Weight = value, weight);
        var dot = name.LastIndexOf('.');
        var (path, part) = (name[..dot], name[(dot + 1)..]);
        if (Embeddings.TryGetValue(path, out var table))
            return SwapTable(table, weight);
        if (Linears.TryGetValue(path, out var linear))
            return part == "bias"
                ? Swap(linear.Bias, value => linear.Bias = value, weight)
                : Swap(linear.Weight, value => linear.Weight = value!, weight);
        return ReplaceNorm(name, weight);
    }

    // A tied head reads the table that it is tied to.
    private Action SwapTable(EmbeddingLayer table, Tensor weight)
    {
        var undoHead = Config.TieWordEmbeddings ? Swap(_head.Weight, value => _head.Weight = value, weight) : static () => { };
        return Swap(table.Weight, value => table.Weight = value, weight) + undoHead;
    }

    private Action ReplaceNorm(string name, Tensor weight)
    {
        var swap = new List<Action>();
        for (var i = 0; i < _layers.Length; i++)
        {
            var (layer, prefix) = (_layers[i], WeightNames.Layer(i));
            if (name == $"{prefix}.input_layernorm.weight")
                swap.Add(Swap(layer.InputNorm, value => layer.InputNorm = value, weight));
            else if (name == $"{prefix}.post_attention_layernorm.weight")
                swap.Add(Swap(layer.AttentionNorm, value => layer.AttentionNorm = value, weight));
            else if (name == $"{prefix}.self_attn.q_norm.weight")
                swap.Add(Swap(layer.QueryNorm, value => layer.QueryNorm = value, weight));
            else if (name == $"{prefix}.self_attn.k_norm.weight")
                swap.Add(Swap(layer.KeyNorm, value => layer.KeyNorm = value, weight));
        }

        return () => swap.ForEach(undo => undo());
    }

    private static Action Swap<T>(T old, Action<T> set, T replacement)
    {
        set(replacement);
        return () => set(old);
    }
}
