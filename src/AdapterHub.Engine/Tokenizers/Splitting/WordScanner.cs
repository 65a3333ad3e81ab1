namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>
/// Hand-written matchers for the split patterns of GPT-2 and of the Llama 3 and Qwen families: exact beyond the basic plane,
/// linear in the text, and several times as fast as a regular expression. Their matches cover the text without a gap.
/// </summary>
internal sealed class WordScanner : TextPattern
{
    public const string Gpt2Regex = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public const string ThreeDigitRegex =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string OneDigitRegex =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const UnicodeClass Kinds = UnicodeClass.Letter | UnicodeClass.Number | UnicodeClass.Space;
    private readonly bool _gpt2;
    private readonly int _digits;

    private WordScanner(bool gpt2, int digits) => (_gpt2, _digits) = (gpt2, digits);

    /// <summary>GPT-2's pattern, also that of the ByteLevel pre-tokenizer.</summary>
    public static WordScanner Gpt2 { get; } = new(true, int.MaxValue);

    /// <summary>Llama 3's pattern: numbers in groups of up to three digits.</summary>
    public static WordScanner ThreeDigits { get; } = new(false, 3);

    /// <summary>Qwen's pattern: every digit alone.</summary>
    public static WordScanner OneDigit { get; } = new(false, 1);

    /// <summary>The scanner that does exactly what <paramref name="regex"/> says, or null where there is none.</summary>
    public static WordScanner? FindFor(string regex) => regex switch
    {
        Gpt2Regex => Gpt2,
        ThreeDigitRegex => ThreeDigits,
        OneDigitRegex => OneDigit,
        _ => null,
    };

    public override void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = NextEnd(text, start);
            onMatch(start, end);
            start = end;
        }
    }

    /// <summary>End of the match that starts at <paramref name="start"/>; always greater than it.</summary>
    public int NextEnd(ReadOnlySpan<char> text, int start) => _gpt2 ? Gpt2End(text, start) : LlamaEnd(text, start);

    private static int Gpt2End(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[start..], ignoreCase: false) is > 0 and var contraction)
            return start + contraction;
        var from = start;
        var kind = KindAt(text, from, out var length);
        if (text[start] == ' ' && start + 1 < text.Length && KindAt(text, start + 1, out var next) is var after && after != UnicodeClass.Space)
            (from, kind, length) = (start + 1, after, next);
        return kind == UnicodeClass.Space ? SpacesEnd(text, start) : RunEnd(text, from + length, kind, int.MaxValue);
    }

    private int LlamaEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[start..], ignoreCase: true) is > 0 and var contraction)
            return start + contraction;
        var kind = KindAt(text, start, out var length);
        if (kind == UnicodeClass.Letter)
            return RunEnd(text, start + length, kind, int.MaxValue);
        if (kind == UnicodeClass.Number)
            return RunEnd(text, start + length, kind, _digits - 1);

        var second = start + length;
        var after = second < text.Length ? KindAt(text, second, out var next) : UnicodeClass.Space;
        if (after == UnicodeClass.Letter && text[start] is not ('\r' or '\n'))
            return RunEnd(text, second, after, int.MaxValue);
        if (kind == UnicodeClass.Other || (text[start] == ' ' && after == UnicodeClass.Other))
        {
            var end = RunEnd(text, second, UnicodeClass.Other, int.MaxValue);
            while (end < text.Length && text[end] is '\r' or '\n')
                end++;
            return end;
        }

        return SpacesEndAtNewline(text, start);
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>: the run of spaces up to its last line break, else what <see cref="SpacesEnd"/> gives.</summary>
    private static int SpacesEndAtNewline(ReadOnlySpan<char> text, int start)
    {
        var run = text[start..RunEnd(text, start, UnicodeClass.Space, int.MaxValue)];
        var newline = run.LastIndexOfAny('\r', '\n');
        return newline >= 0 ? start + newline + 1 : SpacesEnd(text, start);
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: a run of spaces, but for its last one where a word follows and another space is left.</summary>
    private static int SpacesEnd(ReadOnlySpan<char> text, int start)
    {
        var end = RunEnd(text, start, UnicodeClass.Space, int.MaxValue);
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static int RunEnd(ReadOnlySpan<char> text, int from, UnicodeClass kind, int atMost)
    {
        for (var count = 0; from < text.Length && count < atMost && KindAt(text, from, out var length) == kind; count++)
            from += length;
        return from;
    }

    private static UnicodeClass KindAt(ReadOnlySpan<char> text, int index, out int length) => UnicodeClasses.At(text, index, out length) & Kinds;

    // Without case, Oniguruma also folds U+017F (long s) to s; no other character folds to a letter of the contractions.
    private static int ContractionLength(ReadOnlySpan<char> text, bool ignoreCase)
    {
        var first = Folded(text, 1, ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        return (first, Folded(text, 2, ignoreCase)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char Folded(ReadOnlySpan<char> text, int index, bool ignoreCase)
    {
        if (index >= text.Length)
            return '\0';
        var found = text[index];
        if (!ignoreCase)
            return found;
        return found == '\u017F' ? 's' : char.IsAsciiLetterUpper(found) ? (char)(found | 0x20) : found;
    }
}
