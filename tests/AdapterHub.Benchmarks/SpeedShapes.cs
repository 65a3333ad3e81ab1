using AdapterHub.Engine.Models;

namespace AdapterHub.Benchmarks;

/// <summary>The shapes that the peers' scripts use: random weights, real proportions.</summary>
internal static class SpeedShapes
{
    internal static ModelConfig Get(string name) => name switch
    {
        "12M-cpu" => Make(320, 7, 5, 5, 864, 8192),
        "12M" => Make(320, 8, 5, 5, 864, 8192),
        "135M" => Make(576, 30, 9, 3, 1536, 49152),
        "1B" => Make(2048, 16, 32, 8, 8192, 128256),
        "8B" => Make(4096, 32, 32, 8, 14336, 128256),
        _ => throw new ArgumentException($"'{name}' is no shape. Shapes: 12M-cpu, 12M, 135M, 1B, 8B."),
    };

    private static ModelConfig Make(int hidden, int layers, int heads, int keyValueHeads, int intermediate, int vocabulary) => new()
    {
        ModelType = "llama",
        HiddenSize = hidden,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDim = hidden / heads,
        IntermediateSize = intermediate,
        VocabularySize = vocabulary,
        ContextLength = 4096,
        TieWordEmbeddings = false,
    };
}
