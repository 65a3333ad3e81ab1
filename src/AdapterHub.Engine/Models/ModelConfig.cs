using System.Collections.Immutable;
using AdapterHub.Formats.Sizing;

namespace AdapterHub.Engine.Models;

/// <summary>The shape of a decoder-only transformer of the Llama family, read from a Hugging Face <c>config.json</c>.</summary>
public sealed record ModelConfig
{
    public const string FileName = "config.json";

    /// <summary>"llama", "mistral", "qwen2" or "qwen3".</summary>
    public required string ModelType { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; not always HiddenSize / Heads.</summary>
    public required int HeadDim { get; init; }
    public required int VocabularySize { get; init; }
    public required int ContextLength { get; init; }
    public double RmsNormEpsilon { get; init; } = 1e-5;
    public bool TieWordEmbeddings { get; init; }
    public RopeSettings Rope { get; init; } = new();

    /// <summary>Keys each layer looks back on, itself included; 0 for all.</summary>
    public ImmutableArray<int> Windows { get; init; } = [];
    public bool QueryKeyValueBias { get; init; }
    public bool OutputBias { get; init; }
    public bool MlpBias { get; init; }

    /// <summary>RMS norm on every query and key head (Qwen 3).</summary>
    public bool QueryKeyNorm { get; init; }
    public int? BosTokenId { get; init; }
    public ImmutableArray<int> EosTokenIds { get; init; } = [];

    /// <summary>Standard deviation of fresh weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>What decides memory and work.</summary>
    public ModelSizes Sizes => new(Layers, HiddenSize, IntermediateSize, Heads * HeadDim, KeyValueHeads * HeadDim, Heads, VocabularySize)
    {
        Context = ContextLength, HasTiedHead = TieWordEmbeddings,
    };

    public int Window(int layer) => Windows.IsDefaultOrEmpty ? 0 : Windows[layer];

    /// <summary>Reads <c>config.json</c> of a model directory.</summary>
    /// <exception cref="Formats.AdapterFormatException">The file is missing or not a supported configuration; every finding is listed.</exception>
    public static ModelConfig Read(string directory) => ModelConfigJson.Read(Path.Combine(directory, FileName));

    /// <summary>The configuration as transformers reads it.</summary>
    public string ToJson() => ModelConfigJson.Write(this);
}
