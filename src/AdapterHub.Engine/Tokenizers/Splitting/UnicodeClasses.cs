using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Splitting;

/// <summary>What the split patterns ask of a character. The sets are those of Rust's regex crate, which added tokens and Whitespace go by.</summary>
[Flags]
internal enum UnicodeClass : byte
{
    Other = 0,

    /// <summary><c>\p{L}</c></summary>
    Letter = 1,

    /// <summary><c>\p{N}</c>: decimal digits, letter numbers and other numbers.</summary>
    Number = 2,

    /// <summary><c>\s</c>: the White_Space property. All of it lies in the basic plane.</summary>
    Space = 4,

    /// <summary>
    /// <c>\w</c> of UTS 18: alphabetic, marks, decimal digits, connector punctuation, join controls. Oniguruma's differs in Latin-1 and the
    /// join controls, see <see cref="OnigurumaSet"/>.
    /// </summary>
    Word = 8,

    /// <summary>ASCII punctuation and symbols, and <c>\p{P}</c>.</summary>
    Punctuation = 16,
}

/// <summary>Classes by code point. .NET regular expressions see UTF-16 code units, hence no letters beyond U+FFFF; this sees code points.</summary>
internal static class UnicodeClasses
{
    private const int BasicPlane = 0x10000;
    private static readonly UnicodeClass[] Basic = [.. Enumerable.Range(0, BasicPlane).Select(Classify)];

    public static UnicodeClass Of(int codePoint) => codePoint < BasicPlane ? Basic[codePoint] : Classify(codePoint);

    /// <summary>Class of the code point that starts at <paramref name="index"/>, and how many UTF-16 units it takes.</summary>
    public static UnicodeClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        var first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return Classify(char.ConvertToUtf32(first, text[index + 1]));
        }

        length = 1;
        return Basic[first];
    }

    /// <summary>Class of the code point that ends just before <paramref name="index"/>.</summary>
    public static UnicodeClass Before(ReadOnlySpan<char> text, int index) =>
        index > 1 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2])
            ? At(text, index - 2, out _)
            : Basic[text[index - 1]];

    private static UnicodeClass Classify(int codePoint)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
        var result = category switch
        {
            <= UnicodeCategory.OtherLetter => UnicodeClass.Letter | UnicodeClass.Word,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => UnicodeClass.Word,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber => UnicodeClass.Number | UnicodeClass.Word,
            UnicodeCategory.OtherNumber => UnicodeClass.Number,
            UnicodeCategory.ConnectorPunctuation => UnicodeClass.Punctuation | UnicodeClass.Word,
            >= UnicodeCategory.DashPunctuation and <= UnicodeCategory.OtherPunctuation => UnicodeClass.Punctuation,
            _ => UnicodeClass.Other,
        };
        if (IsAlphabeticSymbolOrJoinControl(codePoint))
            result |= UnicodeClass.Word;
        if (Rune.IsValid(codePoint) && Rune.IsWhiteSpace(new Rune(codePoint)))
            result |= UnicodeClass.Space;
        if (codePoint < 128 && (char.IsPunctuation((char)codePoint) || char.IsSymbol((char)codePoint)))
            result |= UnicodeClass.Punctuation;
        return result;
    }

    // Other_Alphabetic symbols (circled and squared letters) and Join_Control: the only word characters their category does not reveal.
    private static bool IsAlphabeticSymbolOrJoinControl(int codePoint) => codePoint is
        0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or
        (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
