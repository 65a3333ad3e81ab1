namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>Finds the stretches of a text that a split, a replacement or a decoder is about.</summary>
internal abstract class TextPattern
{
    public delegate void MatchHandler(int start, int end);

    /// <summary>Reports every match from left to right, none overlapping. A match may be empty (a look-ahead, say).</summary>
    public abstract void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch);
}

/// <summary>Every occurrence of a fixed, non-empty text.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    public string Literal { get; } = literal;

    public override void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        var from = 0;
        while (true)
        {
            var found = text[from..].IndexOf(Literal, StringComparison.Ordinal);
            if (found < 0)
                return;
            onMatch(from + found, from + found + Literal.Length);
            from += found + Literal.Length;
        }
    }
}

/// <summary>Every single character of a class.</summary>
internal sealed class CharacterPattern(UnicodeClass wanted) : TextPattern
{
    public override void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        for (int index = 0, length; index < text.Length; index += length)
        {
            if ((UnicodeClasses.At(text, index, out length) & wanted) != UnicodeClass.Other)
                onMatch(index, index + length);
        }
    }
}

/// <summary><c>\w+|[^\w\s]+</c>, the pattern of the Whitespace pre-tokenizer.</summary>
internal sealed class WordPattern : TextPattern
{
    public override void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        var index = 0;
        while (index < text.Length)
        {
            var start = index;
            var kind = Kind(text, index, out var length);
            do
                index += length;
            while (index < text.Length && Kind(text, index, out length) == kind);
            if (kind != UnicodeClass.Space)
                onMatch(start, index);
        }
    }

    private static UnicodeClass Kind(ReadOnlySpan<char> text, int index, out int length)
    {
        var found = UnicodeClasses.At(text, index, out length);
        return (found & UnicodeClass.Word) != UnicodeClass.Other ? UnicodeClass.Word : found & UnicodeClass.Space;
    }
}
