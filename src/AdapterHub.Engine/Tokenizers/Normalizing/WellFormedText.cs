namespace AdapterHub.Engine.Tokenizers.Normalizing;

/// <summary>.NET strings may hold half a surrogate pair, which no UTF-8 text can say.</summary>
internal static class WellFormedText
{
    /// <summary>The text with U+FFFD in place of every lone surrogate.</summary>
    public static string Of(string text)
    {
        var first = FindLone(text, 0);
        if (first < 0)
            return text;
        return string.Create(text.Length, (text, first), static (target, source) =>
        {
            source.text.CopyTo(target);
            for (var index = source.first; index >= 0; index = FindLone(source.text, index + 1))
                target[index] = '\uFFFD';
        });
    }

    private static int FindLone(ReadOnlySpan<char> text, int from)
    {
        while (text[from..].IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var offset)
        {
            var index = from + offset;
            if (!char.IsHighSurrogate(text[index]) || index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]))
                return index;
            from = index + 2;
        }

        return -1;
    }
}
