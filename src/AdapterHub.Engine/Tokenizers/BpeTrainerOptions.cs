namespace AdapterHub.Engine.Tokenizers;

/// <summary>How numbers are cut before training and encoding.</summary>
public enum DigitGrouping
{
    /// <summary>Every digit is a token of its own, as in Qwen: the better choice for a small vocabulary.</summary>
    Single,

    /// <summary>Up to three digits may become one token, as in Llama 3.</summary>
    UpToThree,
}

/// <summary>Settings of <see cref="BpeTrainer"/>.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Number of tokens in all: special tokens, the 256 bytes, and one for each merge.</summary>
    public int VocabularySize { get; init; } = 8192;

    /// <summary>A pair seen less often is not merged, so the vocabulary may end up smaller.</summary>
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>They get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    public DigitGrouping Digits { get; init; } = DigitGrouping.Single;

    /// <summary>Threads that count words.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>What a training is doing.</summary>
public enum BpeTrainingStage
{
    /// <summary>Done counts texts; the total is not known.</summary>
    CountingWords,

    /// <summary>Done and Total count merges.</summary>
    Merging,
}

/// <summary>How far a training has come.</summary>
public readonly record struct BpeTrainingProgress(BpeTrainingStage Stage, long Done, long? Total);
