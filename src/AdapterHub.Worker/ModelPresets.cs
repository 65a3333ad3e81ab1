using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker;

/// <summary>Shapes of small models by name, for <c>pretrain</c>; anything else is a config.json.</summary>
public static class ModelPresets
{
    private static readonly Dictionary<string, ModelConfig> Shapes = new(StringComparer.Ordinal)
    {
        // 9.9 M parameters with a vocabulary of 8192: 20 MB in bf16. Deep and narrow, which small models do better with (MobileLLM, arXiv 2402.14905).
        ["inkwell"] = Llama(width: 288, inner: 832, layers: 8, heads: 9, keyValueHeads: 3, vocabulary: 8192, context: 512),
        // 0.2 M parameters with a vocabulary of 1024: trains in seconds, for trying things out.
        ["tiny"] = Llama(width: 64, inner: 176, layers: 2, heads: 4, keyValueHeads: 4, vocabulary: 1024, context: 256),
    };

    public static IReadOnlyCollection<string> Names => Shapes.Keys;

    /// <summary>The preset of that name with the tokenizer's vocabulary, or the config.json at that path as it is.</summary>
    /// <exception cref="RunInputException">Neither a preset nor a file.</exception>
    public static ModelConfig Resolve(string nameOrFile, Tokenizer tokenizer)
    {
        var vocabulary = tokenizer.VocabularySize;
        if (Shapes.TryGetValue(nameOrFile, out var shape))
        {
            var end = TextCorpus.FindEndOfText(shape, tokenizer);
            return shape with { VocabularySize = vocabulary, EosTokenIds = end is { } id ? [id] : [], BosTokenId = end };
        }

        var directory = Directory.Exists(nameOrFile) ? nameOrFile : Path.GetDirectoryName(Path.GetFullPath(nameOrFile))!;
        if (!File.Exists(Path.Combine(directory, ModelConfig.FileName)) || (File.Exists(nameOrFile) && Path.GetFileName(nameOrFile) != ModelConfig.FileName))
            throw new RunInputException($"--config {nameOrFile}: neither a preset ({string.Join(", ", Names)}) nor a {ModelConfig.FileName}.");
        var config = ModelConfig.Read(directory);
        return vocabulary <= config.VocabularySize
            ? config
            : throw new RunInputException($"--config {nameOrFile}: it has {config.VocabularySize} embeddings, the tokenizer needs {vocabulary}.");
    }

    private static ModelConfig Llama(int width, int inner, int layers, int heads, int keyValueHeads, int vocabulary, int context) => new()
    {
        ModelType = "llama",
        HiddenSize = width,
        IntermediateSize = inner,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDim = width / heads,
        VocabularySize = vocabulary,
        ContextLength = context,
        TieWordEmbeddings = true,
    };
}
