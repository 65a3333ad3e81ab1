using AdapterHub.Engine.Tokenizers.Decoding;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// Decodes ids as they are generated. What it gives never ends inside a character, and all of it together is exactly what
/// <see cref="Tokenizer.Decode"/> gives for the same ids. Not for use from several threads.
/// </summary>
public sealed class TokenStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly DecodedText _text = new();
    private DecoderRun _run;

    internal TokenStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        (_tokenizer, _skipSpecialTokens) = (tokenizer, skipSpecialTokens);
        _run = tokenizer.StartDecoder(_text);
    }

    /// <summary>The text that has become certain with this id; empty while a character, or a space that may have to go, is incomplete.</summary>
    public string Append(int id)
    {
        Push(id);
        return _text.Take();
    }

    /// <summary>The rest of the text. The stream starts afresh with the next id.</summary>
    public string Flush()
    {
        _run.Finish();
        _run = _tokenizer.StartDecoder(_text);
        return _text.Take();
    }

    internal void Push(int id)
    {
        if (_tokenizer.FindToken(id) is { } token && !(_skipSpecialTokens && _tokenizer.IsSpecial(id)))
            _run.Write(token, TokenEdges.Whole);
    }
}
