namespace AdapterHub.Engine.Models;

/// <summary>What sets one architecture of the family apart: the keys of its configuration and the quirks of its checkpoints.</summary>
internal abstract class Architecture
{
    private static readonly Architecture[] All = [new Llama(), new Mistral(), new Qwen2(), new Qwen3()];

    internal static IEnumerable<string> Names => All.Select(architecture => architecture.ModelType);

    internal abstract string ModelType { get; }

    /// <summary>What transformers assumes where <c>tie_word_embeddings</c> is absent.</summary>
    internal virtual bool TiesByDefault => false;

    internal static Architecture? Find(string modelType) => All.FirstOrDefault(architecture => architecture.ModelType == modelType);

    /// <summary>Adds what only this architecture's configuration says.</summary>
    internal abstract ModelConfig Complete(ModelConfig config, ModelConfigJson.Fields json);

    /// <summary>The name under which a checkpoint's tensor is wanted, or null for one that is no weight of the model.</summary>
    internal virtual string? Sanitize(string name, ModelConfig config)
    {
        if (name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)) // a buffer that old checkpoints carry
            return null;
        if (config.TieWordEmbeddings && name == "lm_head.weight")            // the tied copy, written out by some tools
            return null;
        return name;
    }
}
