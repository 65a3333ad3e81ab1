using System.Collections.Immutable;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>Why a row left the batch by itself.</summary>
public enum RowEnd
{
    /// <summary>The model's own end token, which is not part of the text.</summary>
    EndToken,

    /// <summary>As many tokens as were asked for.</summary>
    Length,

    /// <summary>The model's context is full.</summary>
    Context,

    /// <summary>A text to be scored has been read to its end.</summary>
    Scored,
}

/// <summary>One row of a batch: a lane's blend on a text of its own.</summary>
public abstract class LaneRow
{
    private protected LaneRow(LaneBlend blend, IReadOnlyList<int> tokens, int alternatives)
    {
        ArgumentNullException.ThrowIfNull(blend);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0)
            throw new ArgumentException("The text has no tokens; give at least one.", nameof(tokens));
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        (Blend, Tokens, Alternatives) = (blend, [.. tokens], alternatives);
    }

    public LaneBlend Blend { get; }

    /// <summary>How many of the most probable tokens each score has.</summary>
    public int Alternatives { get; }

    /// <summary>What has been read or made so far, what is still to be read included.</summary>
    internal List<int> Tokens { get; }

    /// <summary>Set while the row is part of a batch.</summary>
    internal CachedText? Cached { get; set; }

    /// <summary>Tokens to read before there is nothing to do but to make new ones.</summary>
    internal abstract int ToRead { get; }

    /// <summary>Positions that the cache must hold.</summary>
    internal abstract int Room(int context);
}

/// <summary>Continues a text.</summary>
public sealed class GeneratingRow : LaneRow
{
    public GeneratingRow(LaneBlend blend, IReadOnlyList<int> prompt, SamplingOptions options, int alternatives = 0) : base(blend, prompt, alternatives)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Options, Prompt, Sampler) = (options, prompt.Count, new Sampler(options));
    }

    public SamplingOptions Options { get; }

    /// <summary>Tokens given.</summary>
    public int Prompt { get; }

    /// <summary>Tokens made so far.</summary>
    public int Made => Tokens.Count - Prompt;

    internal Sampler Sampler { get; }

    internal override int ToRead => Tokens.Count;

    // The last token that is made is never read.
    internal override int Room(int context) => (int)Math.Min(context, Math.Max(Prompt, (long)Prompt + Options.MaxNewTokens - 1));
}

/// <summary>Says how probable each token of a text is after those before it.</summary>
public sealed class ScoringRow : LaneRow
{
    public ScoringRow(LaneBlend blend, IReadOnlyList<int> tokens, int alternatives = 0) : base(blend, tokens, alternatives)
    {
        if (Tokens.Count < 2)
            throw new ArgumentException("A text of one token has nothing to score: the first token stands after nothing.", nameof(tokens));
    }

    public int FirstToken => Tokens[0];

    // What follows the last token is not asked for.
    internal override int ToRead => Tokens.Count - 1;

    internal override int Room(int context) => ToRead;
}

/// <summary>What one pass gave a row.</summary>
public abstract record LaneOutput(LaneRow Row);

/// <summary>The next token of a text.</summary>
public sealed record TokenMade(LaneRow Row, TokenScore Score) : LaneOutput(Row);

/// <summary>The scores of tokens from the place <paramref name="First"/> on; the first token of a text has none, for nothing stands before it.</summary>
public sealed record TokensScored(LaneRow Row, int First, ImmutableArray<TokenScore> Scores) : LaneOutput(Row);

/// <summary>The row has left the batch.</summary>
public sealed record RowEnded(LaneRow Row, RowEnd End) : LaneOutput(Row);
