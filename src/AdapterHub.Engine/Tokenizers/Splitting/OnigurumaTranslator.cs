using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>
/// Turns a regular expression of a tokenizer file, written for Oniguruma's Ruby syntax over UTF-8, into the .NET expression that matches the
/// same text. What has no exact counterpart is refused by <see cref="FormatException"/>; nothing is approximated. Source: Oniguruma doc/RE.
/// </summary>
internal sealed class OnigurumaTranslator
{
    // Without case, Oniguruma lets one character match these pairs (sharp s, ligatures); .NET does not.
    private static readonly string[] MultiCharacterFolds = ["ss", "st", "ff", "fi", "fl"];

    private readonly string _source;
    private readonly List<(char First, char Last)> _named = [];
    private int _at;

    private OnigurumaTranslator(string source) => _source = source;

    /// <summary>The .NET expression, and every character or range that the expression names itself (as against by category).</summary>
    public static (string Regex, IReadOnlyList<(char First, char Last)> Named) Translate(string source)
    {
        var translator = new OnigurumaTranslator(source);
        var regex = translator.Alternatives(ignoreCase: false);
        return translator._at == source.Length
            ? (regex, translator._named)
            : throw translator.Refusal("a closing bracket without its opening one");
    }

    private bool Ended => _at >= _source.Length;

    private char Current => _source[_at];

    private string Alternatives(bool ignoreCase)
    {
        var result = new StringBuilder();
        if (Accept("(?i)"))
            ignoreCase = true;
        while (!Ended && Current != ')')
            result.Append(Accept("|") ? "|" : Quantified(ignoreCase));
        return result.ToString();
    }

    private string Quantified(bool ignoreCase)
    {
        var atom = Atom(ignoreCase);
        var wrapped = true;
        while (!Ended && FindQuantifier() is { } quantifier)
        {
            if (!wrapped)
                atom = $"(?:{atom})";
            (atom, wrapped) = Apply(atom, quantifier);
        }

        return atom;
    }

    /// <summary>Reads <c>? * + {n} {n,} {n,m} {,m}</c>, or gives null and reads nothing.</summary>
    private string? FindQuantifier()
    {
        if (Current is '?' or '*' or '+')
            return _source[_at++].ToString();
        if (Current != '{' || _source.IndexOf('}', _at) is not (> 0 and var close))
            return null;
        var bounds = _source[(_at + 1)..close].Split(',');
        if (bounds.Length > 2 || bounds.All(bound => bound.Length == 0) || bounds.Any(bound => !bound.All(char.IsAsciiDigit)))
            return null;
        _at = close + 1;
        if (bounds.Length == 1)
            return $"{{{bounds[0]}}}";
        return $"{{{(bounds[0].Length == 0 ? "0" : bounds[0])},{bounds[1]}}}";
    }

    // In Ruby's syntax x{2,3}+ repeats the interval, only ?+ *+ ++ are possessive, and x{2}? makes the interval optional.
    private (string Atom, bool Wrapped) Apply(string atom, string quantifier)
    {
        var interval = quantifier[0] == '{';
        if (!interval && Accept("+"))
            return ($"(?>{atom}{quantifier})", true);
        if ((!interval || quantifier.Contains(',', StringComparison.Ordinal)) && Accept("?"))
            return ($"{atom}{quantifier}?", false);
        return (atom + quantifier, false);
    }

    private string Atom(bool ignoreCase)
    {
        switch (Current)
        {
            case '(':
                return Group(ignoreCase);
            case '[':
                return new OnigurumaSet(_source, ref _at, _named, ignoreCase).ToRegex();
            case '.':
                _at++;
                return ".";
            case '^':
                _at++;
                return @"(?:\A|(?<=\n)(?!\z))";
            case '$':
                _at++;
                return @"(?=\n|\z)";
            case '\\':
                return Escape(ignoreCase);
            case '?' or '*' or '+':
                throw Refusal("a quantifier with nothing to repeat");
            default:
                if (ignoreCase && MultiCharacterFolds.Contains(_source.Substring(_at, Math.Min(2, _source.Length - _at)), StringComparer.OrdinalIgnoreCase))
                    throw Refusal("two letters that one ligature folds to");
                return Literal(_source[_at++], ignoreCase);
        }
    }

    private string Group(bool ignoreCase)
    {
        foreach (var kind in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?-i:"])
        {
            if (!Accept(kind))
                continue;
            var inner = Alternatives(kind == "(?i:" || (kind != "(?-i:" && ignoreCase));
            return Close($"{(kind.Contains('i', StringComparison.Ordinal) ? "(?:" : kind)}{inner}");
        }

        if (_source.AsSpan(_at).StartsWith("(?", StringComparison.Ordinal))
            throw Refusal("this kind of group");
        _at++;
        return Close($"(?:{Alternatives(ignoreCase)}");
    }

    private string Close(string open) => Accept(")") ? open + ")" : throw Refusal("an opening bracket without its closing one");

    private string Escape(bool ignoreCase)
    {
        if (_at + 1 >= _source.Length)
            throw Refusal("a backslash at the end");
        switch (_source[_at + 1])
        {
            case 'A' or 'z' or 'Z':
                _at += 2;
                return _source[(_at - 2).._at];
            case 'b':
                _at += 2;
                return $"(?:(?<=[{OnigurumaSet.WordCharacters}])(?![{OnigurumaSet.WordCharacters}])|(?<![{OnigurumaSet.WordCharacters}])(?=[{OnigurumaSet.WordCharacters}]))";
            case 'R':
                _at += 2;
                return @"(?>\r\n|[\n-\r\u0085\u2028\u2029])";
            default:
                return OnigurumaSet.FindClass(_source, ref _at, ignoreCase, alone: true) is { } known
                    ? $"[{known}]"
                    : Literal(OnigurumaSet.EscapedCharacter(_source, ref _at), ignoreCase);
        }
    }

    private string Literal(char character, bool ignoreCase)
    {
        var same = OnigurumaSet.CaseVariants(character, ignoreCase);
        foreach (var variant in same)
        {
            if (char.IsSurrogate(variant))
                throw Refusal("a character beyond U+FFFF");
            _named.Add((variant, variant));
        }

        var escaped = string.Concat(same.Select(OnigurumaSet.Escaped));
        return same.Length == 1 ? escaped : $"[{escaped}]";
    }

    private bool Accept(string expected)
    {
        if (string.CompareOrdinal(_source, _at, expected, 0, expected.Length) != 0)
            return false;
        _at += expected.Length;
        return true;
    }

    private FormatException Refusal(string what) => new(string.Create(CultureInfo.InvariantCulture, $"{what} at position {_at}"));
}
