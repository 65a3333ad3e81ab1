using System.Globalization;
using System.Text;
using AdapterHub.Engine.Tokenizers.Models;

namespace AdapterHub.Engine.Tokenizers.Decoding;

/// <summary>
/// Reads the byte names of all tokens as one UTF-8 text. A character whose bytes are split over tokens waits for its last byte;
/// what is not UTF-8 becomes U+FFFD, one for each maximal part of a character (Unicode, section 3.9).
/// </summary>
internal sealed class ByteLevelDecoder : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(new Joined(next));

    private sealed class Run(Joined joined) : WholeTokenRun(joined)
    {
        protected override void Token(ReadOnlySpan<char> token)
        {
            var bytes = token.Length <= 256 ? stackalloc byte[token.Length] : new byte[token.Length];
            for (var index = 0; index < token.Length; index++)
            {
                if (ByteAlphabet.TryGetByte(token[index], out bytes[index]))
                    continue;
                // A token with a character that names no byte, as added tokens may have, is plain text.
                joined.Add(Encoding.UTF8.GetBytes(token.ToString()));
                return;
            }

            joined.Add(bytes);
        }
    }

    private sealed class Joined(DecoderRun next) : ChainedRun(next)
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        private TokenEdges _edge = TokenEdges.First;

        public override void Write(ReadOnlySpan<char> text, TokenEdges edges) => throw new NotSupportedException("Bytes come by Add.");

        public void Add(ReadOnlySpan<byte> bytes, bool last = false)
        {
            var characters = new char[_utf8.GetCharCount(bytes, last)];
            _utf8.GetChars(bytes, characters, last);
            Next.Write(characters, _edge | (last ? TokenEdges.Last : TokenEdges.None));
            _edge = TokenEdges.None;
        }

        public override void Finish()
        {
            Add([], last: true);
            base.Finish();
        }
    }
}

/// <summary>
/// Reads runs of byte tokens such as <c>&lt;0xE2&gt;</c> as UTF-8. A run that is not UTF-8 becomes one U+FFFD a byte, the good bytes in it
/// included, so a run can only be told once it has ended. Source: huggingface/tokenizers decoders/byte_fallback.rs.
/// </summary>
internal sealed class ByteFallbackDecoder : DecoderStep
{
    public override DecoderRun Start(DecoderRun next) => new Run(next);

    private sealed class Run(DecoderRun next) : WholeTokenRun(next)
    {
        private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
        private readonly List<byte> _bytes = [];

        protected override void Token(ReadOnlySpan<char> token)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                _bytes.Add(value);
                return;
            }

            EndBytes();
            Next.Write(token, TokenEdges.Whole);
        }

        public override void Finish()
        {
            EndBytes();
            base.Finish();
        }

        private void EndBytes()
        {
            if (_bytes.Count == 0)
                return;
            try
            {
                Next.Write(Strict.GetString([.. _bytes]), TokenEdges.Whole);
            }
            catch (DecoderFallbackException)
            {
                for (var index = 0; index < _bytes.Count; index++)
                    Next.Write("\uFFFD", TokenEdges.Whole);
            }

            _bytes.Clear();
        }
    }
}
