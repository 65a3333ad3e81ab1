using System.Collections.Immutable;

namespace AdapterHub.Engine.Inference;

/// <summary>How the next token is drawn. Temperature 0 takes the most probable one.</summary>
public sealed record SamplingOptions
{
    public int MaxNewTokens { get; init; } = 128;
    public double Temperature { get; init; } = 0.8;

    /// <summary>Only the k most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the smallest set of tokens whose probabilities reach p (Holtzman et al. 2020); 1 for all.</summary>
    public double TopP { get; init; } = 0.95;

    /// <summary>Only tokens at least this share as probable as the best one; 0 for all.</summary>
    public double MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens already present (Keskar et al. 2019); 1 changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;
    public ulong Seed { get; init; }

    /// <summary>Goes on past the model's end tokens.</summary>
    public bool IgnoreEnd { get; init; }

    /// <summary>Texts at which generation ends; they are not part of the result.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    public static SamplingOptions Greedy { get; } = new() { Temperature = 0, TopP = 1 };
}
