using System.Collections.Frozen;
using System.Text;

namespace AdapterHub.Catalog.Cards.Tex;

internal enum MathAlphabet
{
    Upright,
    Slanted,
    Bold,
    BoldSlanted,
    DoubleStruck,
    Script,
    Fraktur,
    SansSerif,
    Monospace,
}

/// <summary>
/// Letters in other alphabets. MathML Core has no attribute for them: they are characters of their own (Unicode, Mathematical Alphanumeric
/// Symbols, U+1D400 to U+1D7FF), with gaps where a letter was in Unicode before.
/// </summary>
internal static class MathAlphabets
{
    public static readonly FrozenDictionary<string, MathAlphabet> Names = new Dictionary<string, MathAlphabet>
    {
        ["mathrm"] = MathAlphabet.Upright,
        ["rm"] = MathAlphabet.Upright,
        ["mathup"] = MathAlphabet.Upright,
        ["mathnormal"] = MathAlphabet.Slanted,
        ["mathit"] = MathAlphabet.Slanted,
        ["mathbf"] = MathAlphabet.Bold,
        ["bf"] = MathAlphabet.Bold,
        ["boldsymbol"] = MathAlphabet.BoldSlanted,
        ["bm"] = MathAlphabet.BoldSlanted,
        ["pmb"] = MathAlphabet.BoldSlanted,
        ["mathbb"] = MathAlphabet.DoubleStruck,
        ["mathcal"] = MathAlphabet.Script,
        ["mathscr"] = MathAlphabet.Script,
        ["mathfrak"] = MathAlphabet.Fraktur,
        ["mathsf"] = MathAlphabet.SansSerif,
        ["mathtt"] = MathAlphabet.Monospace,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<int, int> Gaps = new Dictionary<int, int>
    {
        [0x1D455] = 0x210E, [0x1D49D] = 0x212C, [0x1D4A0] = 0x2130, [0x1D4A1] = 0x2131, [0x1D4A3] = 0x210B, [0x1D4A4] = 0x2110, [0x1D4A7] = 0x2112,
        [0x1D4A8] = 0x2133, [0x1D4AD] = 0x211B, [0x1D4BA] = 0x212F, [0x1D4BC] = 0x210A, [0x1D4C4] = 0x2134, [0x1D506] = 0x212D, [0x1D50B] = 0x210C,
        [0x1D50C] = 0x2111, [0x1D515] = 0x211C, [0x1D51D] = 0x2128, [0x1D53A] = 0x2102, [0x1D53F] = 0x210D, [0x1D545] = 0x2115, [0x1D547] = 0x2119,
        [0x1D548] = 0x211A, [0x1D549] = 0x211D, [0x1D551] = 0x2124,
    }.ToFrozenDictionary();

    /// <summary>The same formula with its letters and digits in another alphabet; upright letters side by side become one word.</summary>
    public static MathNode Apply(MathNode node, MathAlphabet alphabet)
    {
        if (node.Text is { } text)
            return node.Name switch
            {
                "mi" when alphabet == MathAlphabet.Upright => MathNode.Identifier(text, upright: true),
                "mi" => MathNode.Identifier(Letters(text, alphabet)),
                "mn" => MathNode.Number(Letters(text, alphabet)),
                _ => node,
            };
        if (alphabet == MathAlphabet.Upright && node is { Name: "mrow", Children.Count: > 1 } && node.Children.All(child => child is { Name: "mi" or "mn", Attributes.Count: 0 }))
            return MathNode.Identifier(string.Concat(node.Children.Select(child => child.Text)), upright: true);
        var copy = MathNode.Of(node.Name, [.. node.Children.Select(child => Apply(child, alphabet))]);
        copy.Attributes.AddRange(node.Attributes);
        return copy;
    }

    private static string Letters(string text, MathAlphabet alphabet)
    {
        var letters = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            letters.Append(new Rune(Letter(rune.Value, alphabet)).ToString());
        return letters.ToString();
    }

    private static int Letter(int code, MathAlphabet alphabet)
    {
        var (upper, digits, greek) = alphabet switch
        {
            MathAlphabet.Slanted => (0x1D434, 0, 0x1D6E2),
            MathAlphabet.Bold => (0x1D400, 0x1D7CE, 0x1D6A8),
            MathAlphabet.BoldSlanted => (0x1D468, 0x1D7CE, 0x1D71C),
            MathAlphabet.DoubleStruck => (0x1D538, 0x1D7D8, 0),
            MathAlphabet.Script => (0x1D49C, 0, 0),
            MathAlphabet.Fraktur => (0x1D504, 0, 0),
            MathAlphabet.SansSerif => (0x1D5A0, 0x1D7E2, 0),
            MathAlphabet.Monospace => (0x1D670, 0x1D7F6, 0),
            _ => (0, 0, 0),
        };
        var styled = code switch
        {
            >= 'A' and <= 'Z' when upper > 0 => upper + code - 'A',
            >= 'a' and <= 'z' when upper > 0 => upper + 26 + code - 'a',
            >= '0' and <= '9' when digits > 0 => digits + code - '0',
            >= 0x391 and <= 0x3A9 when greek > 0 => greek + code - 0x391,
            >= 0x3B1 and <= 0x3C9 when greek > 0 => greek + 26 + code - 0x3B1,
            _ => code,
        };
        return Gaps.GetValueOrDefault(styled, styled);
    }
}
