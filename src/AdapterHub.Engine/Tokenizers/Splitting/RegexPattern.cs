using System.Globalization;
using System.Text.RegularExpressions;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>
/// An Oniguruma expression run by .NET. As .NET matches UTF-16 code units, a text with characters beyond U+FFFF is matched through its shadow:
/// each such character is replaced by one of the basic plane that the expression cannot tell from it.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    // A tokenizer file is foreign input: a pathological expression must end in an error, not in a hang.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Regex _regex;
    private readonly bool _tellsWords;
    private readonly Lazy<Dictionary<(UnicodeCategory, UnicodeClass), char>> _stand;

    /// <exception cref="FormatException">The expression has no exact .NET counterpart.</exception>
    public RegexPattern(string oniguruma)
    {
        var (regex, named) = OnigurumaTranslator.Translate(oniguruma);
        try
        {
            _regex = new Regex(regex, RegexOptions.Compiled | RegexOptions.CultureInvariant, Limit);
        }
        catch (ArgumentException error)
        {
            throw new FormatException(error.Message, error);
        }

        // Only an expression with \w or \b tells a circled letter from another symbol.
        _tellsWords = regex.Contains(OnigurumaSet.WordsInSet, StringComparison.Ordinal);
        _stand = new(() => StandIns(named, _tellsWords));
    }

    public override void ForEachMatch(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            MatchShadow(text, onMatch);
        else
            Match(text, null, onMatch);
    }

    private void MatchShadow(ReadOnlySpan<char> text, MatchHandler onMatch)
    {
        var shadow = new char[text.Length];
        var origin = new int[text.Length + 1];
        var length = 0;
        for (var index = 0; index < text.Length; length++)
        {
            origin[length] = index;
            UnicodeClasses.At(text, index, out var units);
            shadow[length] = units == 1 ? text[index] : StandIn(char.ConvertToUtf32(text[index], text[index + 1]));
            index += units;
        }

        origin[length] = text.Length;
        Match(shadow.AsSpan(0, length), origin, onMatch);
    }

    private void Match(ReadOnlySpan<char> text, int[]? origin, MatchHandler onMatch)
    {
        var lastEnd = -1;
        foreach (var match in _regex.EnumerateMatches(text))
        {
            var end = match.Index + match.Length;
            // Oniguruma's iterator does not report an empty match right behind the last one; .NET's does.
            if (match.Length == 0 && end == lastEnd)
                continue;
            lastEnd = end;
            onMatch(origin?[match.Index] ?? match.Index, origin?[end] ?? end);
        }
    }

    private char StandIn(int codePoint)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
        var word = _tellsWords ? UnicodeClasses.Of(codePoint) & UnicodeClass.Word : UnicodeClass.Other;
        return _stand.Value.TryGetValue((category, word), out var found)
            ? found
            : throw new NotSupportedException($"The split expression {_regex} cannot be applied to U+{codePoint:X}: it names every character of that category.");
    }

    // One basic-plane character per category that the expression does not name, so that it is matched by category alone.
    private static Dictionary<(UnicodeCategory, UnicodeClass), char> StandIns(
        IReadOnlyList<(char First, char Last)> named, bool tellsWords)
    {
        var taken = new bool[char.MaxValue + 1];
        foreach (var (first, last) in named)
            Array.Fill(taken, true, first, last - first + 1);
        // The translated \w and \h name characters of their own in Latin-1.
        Array.Fill(taken, true, 0, 256);

        var result = new Dictionary<(UnicodeCategory, UnicodeClass), char>();
        for (var code = 0; code <= char.MaxValue; code++)
        {
            if (!taken[code] && !char.IsSurrogate((char)code))
                result.TryAdd((CharUnicodeInfo.GetUnicodeCategory(code), tellsWords ? UnicodeClasses.Of(code) & UnicodeClass.Word : UnicodeClass.Other), (char)code);
        }

        return result;
    }
}
