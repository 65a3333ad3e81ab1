using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>One bracketed character set of an Oniguruma expression, and the escapes that sets and plain text share.</summary>
internal sealed class OnigurumaSet
{
    // Oniguruma's \w: alphabetic, marks, decimal digits, connectors; U+24B6 and on are the alphabetic symbols of the basic plane.
    public const string WordsInSet = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";

    /// <summary><c>\w</c> outside a set, where Oniguruma's table for Latin-1 adds the superscript digits and the fractions.</summary>
    public const string WordCharacters = WordsInSet + @"\u00B2\u00B3\u00B9\u00BC-\u00BE";

    private static readonly Dictionary<string, string> Categories = MakeCategories();
    private static readonly ILookup<char, char> Folds = Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code)
        .Where(char.IsLetter).ToLookup(Fold);

    private readonly StringBuilder _items = new();
    private readonly string _source;
    private readonly List<(char First, char Last)> _named;
    private readonly bool _ignoreCase;
    private readonly bool _negated;

    /// <summary>Reads the set that opens at <paramref name="at"/> and leaves <paramref name="at"/> behind its closing bracket.</summary>
    public OnigurumaSet(string source, ref int at, List<(char First, char Last)> named, bool ignoreCase)
    {
        (_source, _named, _ignoreCase) = (source, named, ignoreCase);
        at++;
        _negated = At(at) == '^';
        if (_negated)
            at++;
        if (At(at) == ']')
            throw Refusal("an empty set", at);
        while (At(at) != ']')
            ReadItem(ref at);
        at++;
    }

    public string ToRegex() => $"[{(_negated ? "^" : "")}{_items}]";

    /// <summary>A class escape (<c>\s \d \w \h \p{..}</c> and their negations) as it stands inside a .NET set, or null where another escape stands.</summary>
    /// <param name="alone">The escape is not part of a set, so the .NET set holds nothing else.</param>
    public static string? FindClass(string source, ref int at, bool ignoreCase, bool alone)
    {
        var letter = source[at + 1];
        if (letter is 'p' or 'P')
            return Property(source, ref at, ignoreCase);
        string? known = letter switch
        {
            's' => @"\s",
            'S' => @"\S",
            'd' => @"\d",
            'D' => @"\D",
            'h' => "0-9A-Fa-f",
            'w' => alone ? WordCharacters : WordsInSet,
            'W' when alone => "^" + WordCharacters,
            'H' when alone => "^0-9A-Fa-f",
            'W' or 'H' => throw Refusal("\\W or \\H inside a set", at),
            _ => null,
        };
        if (known is not null)
            at += 2;
        return known;
    }

    /// <summary>The character that an escape such as <c>\n</c>, <c>\x41</c>, <c>\x{2581}</c> or <c>\'</c> stands for.</summary>
    public static char EscapedCharacter(string source, ref int at)
    {
        var letter = source[at + 1];
        at += 2;
        switch (letter)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return '\e';
            case 'u': return Hexadecimal(source, at, at += 4);
            case 'x' when at < source.Length && source[at] == '{' && source.IndexOf('}', at) is > 0 and var close:
                var from = at + 1;
                at = close + 1;
                return Hexadecimal(source, from, close);
            case 'x': return Hexadecimal(source, at, at += 2);
            default:
                return char.IsAsciiLetterOrDigit(letter) ? throw Refusal($"the escape \\{letter}", at - 2) : letter;
        }
    }

    /// <summary>The characters that match <paramref name="character"/>: itself, or with <paramref name="ignoreCase"/> all that fold as it does.</summary>
    public static char[] CaseVariants(char character, bool ignoreCase) =>
        ignoreCase && char.IsLetter(character) ? [.. Folds[Fold(character)].Order()] : [character];

    public static string Escaped(char character) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");

    private char At(int at) => at < _source.Length ? _source[at] : throw Refusal("a set without its closing bracket", at);

    private void ReadItem(ref int at)
    {
        if (At(at) == '[')
        {
            if (At(at + 1) is ':' or '^')
                throw Refusal("a POSIX bracket or a negated set inside a set", at);
            _items.Append(new OnigurumaSet(_source, ref at, _named, _ignoreCase)._items);
            return;
        }

        if (At(at) == '&' && At(at + 1) == '&')
            throw Refusal("an intersection of sets (&&)", at);
        if (At(at) == '\\' && at + 1 < _source.Length && FindClass(_source, ref at, _ignoreCase, alone: false) is { } known)
        {
            _items.Append(known);
            return;
        }

        var first = Character(ref at);
        if (At(at) != '-' || At(at + 1) == ']')
        {
            Add(first, first);
            return;
        }

        at++;
        Add(first, At(at) == '[' ? throw Refusal("a set as the end of a range", at) : Character(ref at));
    }

    private char Character(ref int at)
    {
        var found = At(at) == '\\' ? EscapedCharacter(_source, ref at) : _source[at++];
        return char.IsSurrogate(found) ? throw Refusal("a character beyond U+FFFF", at) : found;
    }

    private void Add(char first, char last)
    {
        if (first > last)
            throw new FormatException($"the range {Escaped(first)}-{Escaped(last)} is empty");
        _named.Add((first, last));
        _items.Append(Escaped(first)).Append('-').Append(Escaped(last));
        if (!_ignoreCase)
            return;
        for (int code = first; code <= last; code++)
        {
            foreach (var variant in CaseVariants((char)code, true).Where(variant => variant < first || variant > last))
            {
                _named.Add((variant, variant));
                _items.Append(Escaped(variant));
            }
        }
    }

    private static string Property(string source, ref int at, bool ignoreCase)
    {
        var close = source.IndexOf('}', at);
        if (at + 2 >= source.Length || source[at + 2] != '{' || close < 0)
            throw Refusal("\\p without its braces", at);
        var name = source[(at + 3)..close];
        var negated = (source[at + 1] == 'P') ^ name.StartsWith('^');
        if (!Categories.TryGetValue(name.TrimStart('^').Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), out var category))
            throw Refusal($"the property {{{name}}} (general categories are supported, scripts and blocks are not)", at);
        if (ignoreCase && category is "Lu" or "Ll" or "Lt")
            throw Refusal($"the property {{{name}}} without case", at);
        at = close + 1;
        return $@"\{(negated ? 'P' : 'p')}{{{category}}}";
    }

    private static char Hexadecimal(string source, int from, int to) =>
        to <= source.Length && int.TryParse(source.AsSpan(from, to - from), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? code <= char.MaxValue ? (char)code : throw Refusal("a character beyond U+FFFF", from)
            : throw Refusal("a malformed \\x or \\u", from);

    // .NET's invariant upper-casing leaves U+017F (long s) alone, where Unicode folds it to s.
    private static char Fold(char character) => character == '\u017F' ? 's' : char.ToLowerInvariant(char.ToUpperInvariant(character));

    private static FormatException Refusal(string what, int at) => new(string.Create(CultureInfo.InvariantCulture, $"{what} at position {at}"));

    private static Dictionary<string, string> MakeCategories()
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        const string pairs =
            "L Letter Lu UppercaseLetter Ll LowercaseLetter Lt TitlecaseLetter Lm ModifierLetter Lo OtherLetter M Mark Mn NonspacingMark " +
            "Mc SpacingMark Me EnclosingMark N Number Nd DecimalNumber Nl LetterNumber No OtherNumber P Punctuation Pc ConnectorPunctuation " +
            "Pd DashPunctuation Ps OpenPunctuation Pe ClosePunctuation Pi InitialPunctuation Pf FinalPunctuation Po OtherPunctuation " +
            "S Symbol Sm MathSymbol Sc CurrencySymbol Sk ModifierSymbol So OtherSymbol Z Separator Zs SpaceSeparator Zl LineSeparator " +
            "Zp ParagraphSeparator C Other Cc Control Cf Format Co PrivateUse Cn Unassigned";
        foreach (var pair in pairs.Split(' ').Chunk(2))
            result[pair[0]] = result[pair[1]] = pair[0];
        return result;
    }
}
