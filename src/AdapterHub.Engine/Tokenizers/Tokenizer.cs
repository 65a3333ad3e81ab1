using System.Security.Cryptography;
using AdapterHub.Engine.Tokenizers.Decoding;
using AdapterHub.Engine.Tokenizers.Models;
using AdapterHub.Engine.Tokenizers.Normalizing;
using AdapterHub.Engine.Tokenizers.Reading;
using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// Text to token ids and back, as a Hugging Face <c>tokenizer.json</c> of model type BPE describes it (byte-level as in GPT-2, Llama 3 and Qwen,
/// or SentencePiece-style as in Llama 2 and Mistral). Gives the ids that huggingface/tokenizers gives. Safe for use from several threads.
/// </summary>
public sealed class Tokenizer
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly TokenizerParts _parts;
    private readonly BpeModel _model;
    private readonly AddedTokenSplitter? _addedInText;
    private readonly AddedTokenSplitter? _addedInNormalized;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _special;
    private readonly string?[] _tokens;
    private readonly Lazy<string> _digest;

    private Tokenizer(ReadOnlyMemory<byte> json, TokenizerParts parts)
    {
        (_json, _parts) = (json, parts);
        _digest = new(() => Convert.ToHexStringLower(SHA256.HashData(json.Span)));
        _model = new BpeModel(parts.Model, parts.ModelTakesBytes);
        _special = parts.AddedTokens.Where(token => token.Special).Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        var ids = parts.Model.Vocabulary.Values.Concat(parts.AddedTokens.Select(token => token.Id));
        _tokens = new string?[ids.DefaultIfEmpty(-1).Max() + 1];
        foreach (var (token, id) in parts.Model.Vocabulary)
            _tokens[id] = token;

        List<(string, AddedToken)> inText = [], inNormalized = [];
        foreach (var token in parts.AddedTokens)
        {
            var searched = token.Normalized ? Normalize(token.Content) : token.Content;
            (token.Normalized ? inNormalized : inText).Add((searched, token));
            _addedIds[token.Content] = token.Id;
            _tokens[token.Id] = searched;
        }

        _addedInText = inText.Count > 0 ? new AddedTokenSplitter(inText) : null;
        _addedInNormalized = inNormalized.Count > 0 ? new AddedTokenSplitter(inNormalized) : null;
    }

    /// <summary>One more than the largest id: the number of rows an embedding needs at least.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>Sha256 of the file in lower-case hexadecimal: other ids, other digest.</summary>
    public string Digest => _digest.Value;

    /// <summary>Reads a tokenizer file.</summary>
    /// <exception cref="TokenizerFormatException">The file is no tokenizer, or asks for something unsupported; the message says where and what.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer Load(string tokenizerJsonPath) => Parse(File.ReadAllBytes(tokenizerJsonPath), tokenizerJsonPath);

    /// <summary>Reads the bytes of a tokenizer file. They are kept for <see cref="Save"/> and must not change afterwards.</summary>
    /// <param name="name">Called the file in messages.</param>
    /// <inheritdoc cref="Load" path="/exception[1]"/>
    public static Tokenizer Parse(ReadOnlyMemory<byte> tokenizerJson, string name = "tokenizer.json") =>
        new(tokenizerJson, TokenizerReader.Read(name, tokenizerJson));

    /// <summary>The ids of a text. Lone surrogates count as U+FFFD.</summary>
    /// <param name="addSpecialTokens">Adds what the file's post-processor puts around a text, such as the beginning-of-text token.</param>
    /// <param name="matchSpecialTokens">
    /// False reads special tokens written out in <paramref name="text"/> as plain text; for text from outside that must not steer a chat.
    /// </param>
    /// <exception cref="InvalidOperationException">A character outside the vocabulary, and the file's unknown token is outside it too.</exception>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">The file's split expression runs away on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true, bool matchSpecialTokens = true)
    {
        var ids = new List<int>(text.Length / 3 + 8);
        if (addSpecialTokens)
            ids.AddRange(_parts.Prefix);
        var split = PreTokenizer.Chain(_parts.PreTokenizers, (in TextPiece piece) => _model.Encode(piece.Span, ids));
        ForEachPart(_addedInText, WellFormedText.Of(text), matchSpecialTokens, ids, (start, part) =>
            ForEachPart(_addedInNormalized, Normalize(part), matchSpecialTokens, ids, (offset, plain) =>
                split(TextPiece.Whole(plain, start == 0 && offset == 0))));
        if (addSpecialTokens)
            ids.AddRange(_parts.Suffix);
        return [.. ids];
    }

    /// <summary>The text of a sequence of ids. Ids without a token are left out; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var stream = CreateStream(skipSpecialTokens);
        foreach (var id in ids)
            stream.Push(id);
        return stream.Flush();
    }

    /// <summary>A decoder for ids that come one at a time.</summary>
    /// <inheritdoc cref="Decode"/>
    public TokenStream CreateStream(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>The id of a token by its text in the file, or null.</summary>
    public int? FindTokenId(string token) =>
        _addedIds.TryGetValue(token, out var id) || _parts.Model.Vocabulary.TryGetValue(token, out id) ? id : null;

    /// <summary>The text of a token as the vocabulary spells it (byte names, U+2581 for a space), or null where no token has the id.</summary>
    public string? FindToken(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : null;

    /// <summary>Whether <see cref="Decode"/> leaves the token out by default.</summary>
    public bool IsSpecial(int id) => FindToken(id) is { } token && _special.Contains(token);

    /// <summary>Writes the file this tokenizer was made from, byte for byte, by way of a temporary file in the same folder.</summary>
    /// <exception cref="IOException">The folder does not exist or cannot be written.</exception>
    public void Save(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(_json.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    internal DecoderRun StartDecoder(DecoderRun last) => _parts.Decoder.Start(last);

    private string Normalize(string text) => _parts.Normalizer?.Normalize(text) ?? text;

    private static void ForEachPart(AddedTokenSplitter? added, string text, bool matchSpecial, List<int> ids, Action<int, string> onText)
    {
        if (text.Length == 0)
            return;
        if (added is null)
        {
            onText(0, text);
            return;
        }

        added.ForEachPart(text, matchSpecial, (start, end, token) =>
        {
            if (token is not null)
                ids.Add(token.Id);
            else
                onText(start, text[start..end]);
        });
    }
}
