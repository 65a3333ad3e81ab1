using System.Collections.Frozen;
using System.Text;

namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>Commands without arguments, and the signs on the keyboard.</summary>
internal static class TexSymbols
{
    public static readonly FrozenDictionary<string, string> Spaces = new Dictionary<string, string>
    {
        [","] = "0.1667em", [":"] = "0.2222em", [">"] = "0.2222em", [";"] = "0.2778em", ["!"] = "-0.1667em", [" "] = "0.25em", ["\n"] = "0.25em", ["quad"] = "1em",
        ["qquad"] = "2em", ["enspace"] = "0.5em", ["thinspace"] = "0.1667em", ["medspace"] = "0.2222em", ["thickspace"] = "0.2778em", ["negthinspace"] = "-0.1667em",
        ["space"] = "0.25em", ["nobreakspace"] = "0.25em",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, (string Mark, bool Below, bool Stretches, bool TakesLimits)> Accents = new Dictionary<string, (string, bool, bool, bool)>
    {
        ["hat"] = ("^", false, false, false), ["widehat"] = ("^", false, true, false), ["bar"] = ("\u00AF", false, false, false), ["overline"] = ("\u203E", false, true, false),
        ["vec"] = ("\u2192", false, false, false), ["overrightarrow"] = ("\u2192", false, true, false), ["overleftarrow"] = ("\u2190", false, true, false),
        ["tilde"] = ("~", false, false, false), ["widetilde"] = ("~", false, true, false), ["dot"] = ("\u02D9", false, false, false), ["ddot"] = ("\u00A8", false, false, false),
        ["check"] = ("\u02C7", false, false, false), ["breve"] = ("\u02D8", false, false, false), ["acute"] = ("\u00B4", false, false, false), ["grave"] = ("`", false, false, false),
        ["mathring"] = ("\u02DA", false, false, false), ["underline"] = ("\u005F", true, true, false), ["underrightarrow"] = ("\u2192", true, true, false),
        ["overbrace"] = ("\u23DE", false, true, true), ["underbrace"] = ("\u23DF", true, true, true), ["overbracket"] = ("\u23B4", false, true, true),
        ["underbracket"] = ("\u23B5", true, true, true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, string> Delimiters = new Dictionary<string, string>
    {
        ["{"] = "{", ["}"] = "}", ["|"] = "\u2016", ["lbrace"] = "{", ["rbrace"] = "}", ["lbrack"] = "[", ["rbrack"] = "]", ["langle"] = "\u27E8", ["rangle"] = "\u27E9",
        ["lfloor"] = "\u230A", ["rfloor"] = "\u230B", ["lceil"] = "\u2308", ["rceil"] = "\u2309", ["vert"] = "|", ["Vert"] = "\u2016", ["lvert"] = "|", ["rvert"] = "|",
        ["lVert"] = "\u2016", ["rVert"] = "\u2016", ["uparrow"] = "\u2191", ["downarrow"] = "\u2193", ["updownarrow"] = "\u2195", ["backslash"] = "\\", ["lgroup"] = "\u27EE",
        ["rgroup"] = "\u27EF", ["llbracket"] = "\u27E6", ["rrbracket"] = "\u27E7",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, string> BigDelimiters =
        (from size in new[] { ("big", "1.2em"), ("Big", "1.8em"), ("bigg", "2.4em"), ("Bigg", "3em") }
         from side in new[] { "", "l", "r", "m" }
         select KeyValuePair.Create(size.Item1 + side, size.Item2)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The symbol of a command, or null. A new node each time, since nodes are given attributes.</summary>
    public static MathNode? Find(string name)
    {
        if (TexSymbolTables.Greek.TryGetValue(name, out var letter))
            return MathNode.Identifier(letter, upright: char.IsUpper(name[0]));
        if (TexSymbolTables.Ordinary.TryGetValue(name, out var ordinary))
            return MathNode.Identifier(ordinary, upright: true);
        if (TexSymbolTables.Operators.TryGetValue(name, out var sign))
            return MathNode.Operator(sign);
        if (TexSymbolTables.Large.TryGetValue(name, out var large))
            return MathNode.LargeOperator(large, takesLimits: !TexSymbolTables.IsIntegral(large));
        if (TexSymbolTables.Functions.Contains(name))
            return MathNode.Function(name, takesLimits: false);
        if (TexSymbolTables.LimitFunctions.TryGetValue(name, out var limit))
            return MathNode.Function(limit, takesLimits: true);
        return Delimiters.TryGetValue(name, out var bracket) ? Bracket(bracket) : null;
    }

    /// <summary>A sign as typed.</summary>
    public static MathNode Character(string sign) => sign switch
    {
        "-" => MathNode.Operator("\u2212"),
        "*" => MathNode.Operator("\u2217"),
        ":" => MathNode.Operator(":"),
        "/" => MathNode.Operator("/").With("lspace", "0em").With("rspace", "0em"),
        "(" or ")" or "[" or "]" or "|" => Bracket(sign),
        "`" or "\"" or "@" or "!" or "?" or "." => MathNode.Operator(sign).With("lspace", "0em").With("rspace", "0em"),
        _ => MathNode.Operator(sign),
    };

    /// <summary>Words between braces: escaped signs resolved, blanks kept at the ends, where a browser would drop them.</summary>
    public static string PlainWords(string text)
    {
        var words = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
                words.Append(i < text.Length && text[i] is '%' or '_' or '$' or '#' or '&' or '{' or '}' or ' ' ? text[i] : throw new TexException("a command in a text"));
            }
            else if (text[i] is not ('{' or '}'))
                words.Append(text[i] is '~' or '\n' or '\r' or '\t' ? ' ' : text[i]);
        }

        if (words.Length > 0 && words[0] == ' ')
            words[0] = '\u00A0';
        if (words.Length > 0 && words[^1] == ' ')
            words[^1] = '\u00A0';
        return words.ToString();
    }

    /// <summary>As high as a line, as in TeX; only \left and \right make it grow.</summary>
    private static MathNode Bracket(string sign) => MathNode.Operator(sign).With("stretchy", "false");
}
