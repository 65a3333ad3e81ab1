using System.Text;

namespace AdapterHub.Engine.Tokenizers.Decoding;

/// <summary>Which edges of a token a fragment of it carries. A step that joins tokens hands on one long token in fragments.</summary>
[Flags]
internal enum TokenEdges
{
    None = 0,
    First = 1,
    Last = 2,
    Whole = First | Last,
}

/// <summary>
/// One step on the way from token texts to plain text. Steps work on what has come so far, so that a stream of tokens and a whole sequence
/// go the same way and cannot give different texts.
/// </summary>
internal abstract class DecoderStep
{
    /// <summary>A fresh run of this step, which hands its tokens to <paramref name="next"/>.</summary>
    public abstract DecoderRun Start(DecoderRun next);
}

/// <summary>A step at work on one sequence of tokens.</summary>
internal abstract class DecoderRun
{
    public abstract void Write(ReadOnlySpan<char> text, TokenEdges edges);

    /// <summary>There are no more tokens: hands on what was held back.</summary>
    public abstract void Finish();
}

/// <summary>A run that only hands on to the next one.</summary>
internal abstract class ChainedRun(DecoderRun next) : DecoderRun
{
    protected DecoderRun Next => next;

    public override void Finish() => next.Finish();
}

/// <summary>A run that needs every token as a whole.</summary>
internal abstract class WholeTokenRun(DecoderRun next) : ChainedRun(next)
{
    private readonly StringBuilder _fragments = new();

    public sealed override void Write(ReadOnlySpan<char> text, TokenEdges edges)
    {
        if (edges == TokenEdges.Whole)
        {
            Token(text);
            return;
        }

        _fragments.Append(text);
        if ((edges & TokenEdges.Last) == TokenEdges.None)
            return;
        var token = _fragments.ToString();
        _fragments.Clear();
        Token(token);
    }

    protected abstract void Token(ReadOnlySpan<char> token);
}

/// <summary>The end of the chain.</summary>
internal sealed class DecodedText : DecoderRun
{
    private readonly StringBuilder _text = new();

    public override void Write(ReadOnlySpan<char> text, TokenEdges edges) => _text.Append(text);

    public override void Finish()
    {
    }

    /// <summary>The text since the last call.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}

internal sealed class DecoderSequence(IReadOnlyList<DecoderStep> steps) : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => steps.Reverse().Aggregate(next, (behind, step) => step.Start(behind));
}

/// <summary>What happens without a decoder: the tokens with a space between them.</summary>
internal sealed class SpacedTokens : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(next);

    private sealed class Run(DecoderRun next) : ChainedRun(next)
    {
        private bool _started;

        public override void Write(ReadOnlySpan<char> text, TokenEdges edges)
        {
            if (_started && (edges & TokenEdges.First) != TokenEdges.None)
                Next.Write(" ", TokenEdges.Whole);
            _started = true;
            Next.Write(text, edges);
        }
    }
}

/// <summary>All tokens become one.</summary>
internal sealed class Fuse : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(next);

    private sealed class Run(DecoderRun next) : ChainedRun(next)
    {
        private TokenEdges _edge = TokenEdges.First;

        public override void Write(ReadOnlySpan<char> text, TokenEdges edges)
        {
            Next.Write(text, _edge);
            _edge = TokenEdges.None;
        }

        public override void Finish()
        {
            Next.Write("", _edge | TokenEdges.Last);
            base.Finish();
        }
    }
}
