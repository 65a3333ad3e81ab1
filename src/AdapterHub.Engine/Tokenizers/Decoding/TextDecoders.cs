using AdapterHub.Engine.Tokenizers.Normalizing;

namespace AdapterHub.Engine.Tokenizers.Decoding;

/// <summary>
/// Replaces matches of a pattern inside each token. Behind a joining step the pattern may match across the original tokens, so everything
/// is held back until the end there, but for the replacement of a single character.
/// </summary>
internal sealed class ReplaceDecoder(Replace replace) : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) =>
        replace.Pattern is Splitting.LiteralPattern { Literal.Length: 1 } ? new CharacterRun(replace, next) : new TokenRun(replace, next);

    private sealed class CharacterRun(Replace replace, DecoderRun next) : ChainedRun(next)
    {
        public override void Write(ReadOnlySpan<char> text, TokenEdges edges) => Next.Write(replace.Normalize(text.ToString()), edges);
    }

    private sealed class TokenRun(Replace replace, DecoderRun next) : WholeTokenRun(next)
    {
        protected override void Token(ReadOnlySpan<char> token) => Next.Write(replace.Normalize(token.ToString()), TokenEdges.Whole);
    }
}

/// <summary>Takes up to <paramref name="start"/> of one character off the front of every token and up to <paramref name="stop"/> off its end.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(content, start, stop, next);

    private sealed class Run(char content, int start, int stop, DecoderRun next) : ChainedRun(next)
    {
        private int _frontLeft;
        private int _held;

        public override void Write(ReadOnlySpan<char> text, TokenEdges edges)
        {
            if ((edges & TokenEdges.First) != TokenEdges.None)
            {
                _frontLeft = start;
                Next.Write("", TokenEdges.First);
            }

            while (_frontLeft > 0 && !text.IsEmpty)
            {
                _frontLeft = text[0] == content ? _frontLeft - 1 : 0;
                if (text[0] == content)
                    text = text[1..];
            }

            HoldBack(text);
            if ((edges & TokenEdges.Last) == TokenEdges.None)
                return;
            _held = 0;
            Next.Write("", TokenEdges.Last);
        }

        // The characters at the end that may yet have to go are only counted, for they are all alike.
        private void HoldBack(ReadOnlySpan<char> text)
        {
            var kept = text.TrimEnd(content);
            if (kept.IsEmpty)
            {
                _held += text.Length;
            }
            else
            {
                Release(_held);
                Next.Write(kept, TokenEdges.None);
                _held = text.Length - kept.Length;
            }

            if (_held <= stop)
                return;
            Release(_held - stop);
            _held = stop;
        }

        private void Release(int count)
        {
            if (count > 0)
                Next.Write(new string(content, count), TokenEdges.None);
        }
    }
}

/// <summary>The Metaspace mark becomes a space; in the first token it goes, unless the encoder never put one there.</summary>
internal sealed class MetaspaceDecoder(char mark, bool dropsFirst) : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(mark, dropsFirst, next);

    private sealed class Run(char mark, bool dropsFirst, DecoderRun next) : ChainedRun(next)
    {
        private int _tokens;

        public override void Write(ReadOnlySpan<char> text, TokenEdges edges)
        {
            if ((edges & TokenEdges.First) != TokenEdges.None)
                _tokens++;
            var first = dropsFirst && _tokens == 1;
            Next.Write(text.ToString().Replace(mark.ToString(), first ? "" : " ", StringComparison.Ordinal), edges);
        }
    }
}
