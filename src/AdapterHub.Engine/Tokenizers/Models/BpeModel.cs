using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Models;

/// <summary>What the <c>model</c> object of a tokenizer file says, already checked.</summary>
/// <param name="Vocabulary">Token text to id.</param>
/// <param name="Merges">Pair of ids to rank (lower merges first) and the id of the merged token.</param>
/// <param name="UnknownToken">Stands for characters outside the vocabulary; null leaves them out.</param>
internal sealed record BpeSettings(
    Dictionary<string, int> Vocabulary,
    Dictionary<ulong, MergeRule> Merges,
    string? UnknownToken,
    bool FuseUnknown,
    bool ByteFallback,
    bool IgnoreMerges);

/// <summary>Result of one merge: its rank and the id it makes.</summary>
internal readonly record struct MergeRule(int Rank, int Merged);

/// <summary>
/// Byte pair encoding: a piece of text becomes its characters' (or bytes') ids, and the pair of lowest rank merges until none is left.
/// Safe for use from several threads. Source of the rules: huggingface/tokenizers models/bpe/model.rs and word.rs.
/// </summary>
internal sealed class BpeModel
{
    private const int LongestCachedPiece = 64;
    private const int CacheCapacity = 1 << 17;
    private const char WordMark = '\u2581';

    private readonly BpeSettings _settings;
    private readonly bool _takesBytes;
    private readonly int _unknownId;
    private readonly int[]? _byteIds;
    private readonly int[] _fallbackIds;
    private readonly bool _cutsAtWordMark;
    private readonly ConcurrentDictionary<string, int[]> _cache = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private int _cacheCount;

    /// <param name="takesBytes">Pieces are plain text to be read as UTF-8 bytes under their <see cref="ByteAlphabet"/> names.</param>
    public BpeModel(BpeSettings settings, bool takesBytes)
    {
        (_settings, _takesBytes) = (settings, takesBytes);
        _ids = settings.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        _fallbackIds = [.. Enumerable.Range(0, 256).Select(value => IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")))];
        _unknownId = settings.UnknownToken is { } unknown ? IdOf(unknown) : -1;
        var byteIds = Enumerable.Range(0, 256).Select(value => IdOf([ByteAlphabet.NameOf((byte)value)])).ToArray();
        _byteIds = takesBytes && byteIds.All(id => id >= 0) ? byteIds : null;
        _cutsAtWordMark = !takesBytes && !settings.IgnoreMerges && IdOf([WordMark]) >= 0 && !MergesAcrossWordMark(settings);
    }

    /// <summary>Appends the ids of one piece.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (!_cutsAtWordMark)
        {
            EncodeWord(piece, ids);
            return;
        }

        // No merge joins a word's end with the next word's mark, so words can be encoded one by one, and cached.
        while (!piece.IsEmpty)
        {
            var end = 1;
            while (end < piece.Length && (piece[end] != WordMark || piece[end - 1] == WordMark))
                end++;
            EncodeWord(piece[..end], ids);
            piece = piece[end..];
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.IsEmpty)
            return;
        if (word.Length <= LongestCachedPiece && _cached.TryGetValue(word, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var first = ids.Count;
        Merge(word, ids);
        if (word.Length <= LongestCachedPiece && _cacheCount < CacheCapacity && _cached.TryAdd(word, [.. ids[first..]]))
            Interlocked.Increment(ref _cacheCount);
    }

    private void Merge(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_settings.IgnoreMerges && IdOf(_takesBytes ? ByteAlphabet.Write(word) : word) is >= 0 and var whole)
        {
            ids.Add(whole);
            return;
        }

        var merger = BpeMerger.Rent(word.Length * 3);
        if (_byteIds is not null)
            AddBytes(word, merger);
        else
            AddCharacters(_takesBytes ? ByteAlphabet.Write(word) : word, merger);
        merger.Run(_settings.Merges, ids);
        BpeMerger.Return(merger);
    }

    private void AddBytes(ReadOnlySpan<char> word, BpeMerger merger)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in word.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(utf8);
            for (var index = 0; index < count; index++)
                merger.Add(_byteIds![utf8[index]]);
        }
    }

    private void AddCharacters(ReadOnlySpan<char> word, BpeMerger merger)
    {
        var pendingUnknown = false;
        for (int index = 0, length; index < word.Length; index += length)
        {
            length = char.IsHighSurrogate(word[index]) && index + 1 < word.Length ? 2 : 1;
            var character = word.Slice(index, length);
            var id = IdOf(character);
            if (id >= 0)
            {
                if (pendingUnknown)
                    merger.Add(_unknownId);
                pendingUnknown = false;
                merger.Add(id);
            }
            else if (!TryAddFallback(character, merger) && _settings.UnknownToken is { } token)
            {
                if (_unknownId < 0)
                    throw new InvalidOperationException($"\"{character}\" is not in the vocabulary, and neither is the unknown token {token}.");
                if (pendingUnknown && !_settings.FuseUnknown)
                    merger.Add(_unknownId);
                pendingUnknown = true;
            }
        }

        if (pendingUnknown)
            merger.Add(_unknownId);
    }

    // As upstream, a run of unknown characters is not ended by a character that falls back to bytes: its unknown token comes behind them.
    private bool TryAddFallback(ReadOnlySpan<char> character, BpeMerger merger)
    {
        if (!_settings.ByteFallback)
            return false;
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        foreach (var value in utf8)
        {
            if (_fallbackIds[value] < 0)
                return false;
        }

        foreach (var value in utf8)
            merger.Add(_fallbackIds[value]);
        return true;
    }

    private int IdOf(ReadOnlySpan<char> token) => _ids.TryGetValue(token, out var id) ? id : -1;

    private static bool MergesAcrossWordMark(BpeSettings settings)
    {
        var made = settings.Merges.Values.Select(rule => rule.Merged).ToHashSet();
        return settings.Vocabulary.Any(token => made.Contains(token.Value) && HasMarkInside(token.Key));
    }

    private static bool HasMarkInside(string token)
    {
        for (var index = 1; index < token.Length; index++)
        {
            if (token[index] == WordMark && token[index - 1] != WordMark)
                return true;
        }

        return false;
    }
}
