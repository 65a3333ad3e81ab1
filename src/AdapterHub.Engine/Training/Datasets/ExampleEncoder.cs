namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// Turns records into token ids and says which of them are learnt. A prompt and its completion are tokenised apart and joined, as they are when the model
/// is asked: the prompt alone, then one token after another.
/// </summary>
public sealed class ExampleEncoder
{
    private readonly TokenEncoder _tokenizer;
    private readonly Func<IReadOnlyList<ChatMessage>, IReadOnlyList<ChatSegment>>? _renderChat;

    /// <param name="tokenizer">The base model's.</param>
    /// <param name="renderChat">
    /// Renders a conversation, special tokens and beginning of text included, into stretches that are learnt or not. Null refuses conversations.
    /// </param>
    public ExampleEncoder(TokenEncoder tokenizer, Func<IReadOnlyList<ChatMessage>, IReadOnlyList<ChatSegment>>? renderChat = null)
    {
        _tokenizer = tokenizer;
        _renderChat = renderChat;
    }

    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>Digest of the tokenizer, not of the chat format.</summary>
    public string TokenizerDigest => _tokenizer.Digest;

    /// <exception cref="DatasetException">A conversation, and no chat format; or nothing left of the record after tokenisation.</exception>
    public TokenizedExample Encode(DatasetRecord record)
    {
        var example = record switch
        {
            TextRecord text => EncodeText(text),
            CompletionRecord pair => EncodePair(pair),
            ChatRecord chat => EncodeChat(chat),
            _ => throw new ArgumentException($"Unknown kind of record: {record.GetType().Name}.", nameof(record)),
        };
        return example.LossMask.AsSpan().Contains(true) ? example
            : throw new DatasetException(record.Path, record.Line, "the tokenizer makes no token of what is to be learnt");
    }

    private TokenizedExample EncodeText(TextRecord text)
    {
        var tokens = new MaskedTokens();
        var ids = _tokenizer.Encode(text.Text, text.StartsDocument);
        tokens.Add(text.EndsDocument ? ids : WithoutEnd(ids), isTrained: true);
        if (text.EndsDocument)
            tokens.End(_tokenizer.EndOfText, isTrained: true);
        return tokens.ToExample(text.Fit) with { EndsDocument = text.EndsDocument };
    }

    private TokenizedExample EncodePair(CompletionRecord pair)
    {
        var tokens = new MaskedTokens();
        var prompt = _tokenizer.Encode(pair.Prompt, true);
        tokens.Add(WithoutEnd(prompt), isTrained: false);
        tokens.Add(_tokenizer.Encode(pair.Completion, false), isTrained: true);
        tokens.End(_tokenizer.EndOfText, isTrained: true);
        return tokens.ToExample(RowFit.Truncate);
    }

    /// <summary>Neighbours of one kind are joined first, so that ids equal those of the same text rendered for generation.</summary>
    private TokenizedExample EncodeChat(ChatRecord chat)
    {
        if (_renderChat is null)
            throw new DatasetException(chat.Path, chat.Line, "is a conversation, and the base model names no chat format");
        var segments = Render(chat);
        var tokens = new MaskedTokens();
        var last = false;
        for (var k = 0; k < segments.Count;)
        {
            last = segments[k].IsTrained;
            var text = "";
            for (; k < segments.Count && segments[k].IsTrained == last; k++)
                text += segments[k].Text;
            tokens.Add(_tokenizer.Encode(text, false), last);
        }

        tokens.End(_tokenizer.EndOfText, isTrained: last);
        return tokens.ToExample(RowFit.Truncate);
    }

    private IReadOnlyList<ChatSegment> Render(ChatRecord chat)
    {
        try
        {
            return _renderChat!(chat.Messages);
        }
        catch (ArgumentException exception)
        {
            var reason = exception.Message.Split(" (Parameter", 2)[0]; // the name of an argument says nothing about a file
            throw new DatasetException(chat.Path, chat.Line, $"cannot be written in the base model's chat format: {reason}");
        }
    }

    /// <summary>Some tokenizers close every text they encode; inside an example that would end it.</summary>
    private ReadOnlySpan<int> WithoutEnd(int[] ids) => ids.Length > 0 && ids[^1] == _tokenizer.EndOfText ? ids.AsSpan(0, ids.Length - 1) : ids;

    private sealed class MaskedTokens
    {
        private readonly List<int> _tokens = [];
        private readonly List<bool> _mask = [];

        public void Add(ReadOnlySpan<int> tokens, bool isTrained)
        {
            _tokens.AddRange(tokens);
            Mark(isTrained);
        }

        /// <summary>Ends with the end-of-text id, once.</summary>
        public void End(int? endOfText, bool isTrained)
        {
            if (endOfText is not { } id || (_tokens.Count > 0 && _tokens[^1] == id))
                return;
            _tokens.Add(id);
            Mark(isTrained);
        }

        public TokenizedExample ToExample(RowFit fit) => new([.. _tokens], [.. _mask]) { Fit = fit };

        private void Mark(bool isTrained)
        {
            while (_mask.Count < _tokens.Count)
                _mask.Add(isTrained);
        }
    }
}
