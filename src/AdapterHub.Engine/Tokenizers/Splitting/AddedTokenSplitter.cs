using System.Buffers;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>An entry of <c>added_tokens</c>: found in the text before the model sees it.</summary>
/// <param name="Id">Id the token has, which for a token outside the model's vocabulary follows from the order of the entries.</param>
/// <param name="SingleWord">Only matches where no word character touches it.</param>
/// <param name="LeftStrip">Takes the white space in front of it along.</param>
/// <param name="RightStrip">Takes the white space behind it along.</param>
/// <param name="Normalized">Looked for in the normalized text, in its own normalized form.</param>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);

/// <summary>
/// Finds added tokens in a text: leftmost first, the longest of those that start together. Source: huggingface/tokenizers
/// tokenizer/added_vocabulary.rs, find_matches.
/// </summary>
internal sealed class AddedTokenSplitter
{
    private readonly Dictionary<(int Node, char Next), int> _trie = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly SearchValues<char> _firstCharacters;

    /// <param name="tokens">Each token with the text to look for.</param>
    public AddedTokenSplitter(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
            Insert(text, token);
        _firstCharacters = SearchValues.Create([.. _trie.Keys.Where(step => step.Node == 0).Select(step => step.Next)]);
    }

    public delegate void PartHandler(int start, int end, AddedToken? token);

    /// <summary>Reports the parts of <paramref name="text"/> in order: those between the tokens (with null) and the tokens.</summary>
    /// <param name="matchSpecial">False leaves special tokens as plain text, which is what text from outside needs.</param>
    public void ForEachPart(ReadOnlySpan<char> text, bool matchSpecial, PartHandler onPart)
    {
        var covered = 0;
        var from = 0;
        while (FindNext(text, ref from, out var token) is >= 0 and var found)
        {
            if ((token.Special && !matchSpecial) || (token.SingleWord && !IsSingleWord(text, found, from)))
                continue;
            var (start, end) = (found, from);
            if (token.LeftStrip)
                start = Math.Max(text[..start].TrimEnd().Length, covered);
            if (token.RightStrip)
                end = text.Length - text[end..].TrimStart().Length;
            if (covered < start)
                onPart(covered, start, null);
            onPart(start, end, token);
            covered = end;
        }

        if (covered < text.Length)
            onPart(covered, text.Length, null);
    }

    private void Insert(string text, AddedToken token)
    {
        var node = 0;
        foreach (var character in text)
        {
            if (!_trie.TryGetValue((node, character), out var next))
            {
                _trie[(node, character)] = next = _ends.Count;
                _ends.Add(null);
            }

            node = next;
        }

        _ends[node] = token;
    }

    /// <summary>Start of the next match, or -1; <paramref name="from"/> moves to its end.</summary>
    private int FindNext(ReadOnlySpan<char> text, ref int from, out AddedToken token)
    {
        while (text[from..].IndexOfAny(_firstCharacters) is >= 0 and var offset)
        {
            var start = from + offset;
            var (node, index) = (0, start);
            AddedToken? longest = null;
            while (index < text.Length && _trie.TryGetValue((node, text[index]), out node))
            {
                index++;
                if (_ends[node] is not { } end)
                    continue;
                (longest, from) = (end, index);
            }

            if (longest is not null)
            {
                token = longest;
                return start;
            }

            from = start + 1;
        }

        token = null!;
        return -1;
    }

    private static bool IsSingleWord(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || (UnicodeClasses.Before(text, start) & UnicodeClass.Word) == UnicodeClass.Other)
        && (end == text.Length || (UnicodeClasses.At(text, end, out _) & UnicodeClass.Word) == UnicodeClass.Other);
}
