using System.Globalization;
using System.Text;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// How names and typed words fall into parts. "king-james", "KingJames" and "king james" have the parts king and james; an indexed name also
/// holds its parts joined (kingjames), and a typed word is looked for both ways.
/// </summary>
internal static class SearchText
{
    /// <summary>Neighbouring parts are joined in pairs, in threes, and all of them.</summary>
    private const int LongestPartialJoin = 3;

    /// <summary>Parts of one word of a text: broken where it is not letter or digit, where a digit meets a letter, and at the capital of a camelCase.</summary>
    internal static List<string> Parts(string word)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        Rune? before = null;
        foreach (var rune in word.EnumerateRunes())
        {
            var belongs = Belongs(rune);
            if (part.Length > 0 && (!belongs || IsBreak(before!.Value, rune)))
            {
                parts.Add(part.ToString());
                part.Clear();
            }

            if (belongs)
                part.Append(Rune.ToLowerInvariant(rune));
            before = rune;
        }

        if (part.Length > 0)
            parts.Add(part.ToString());
        return parts;
    }

    /// <summary>What is indexed for a name: its parts, then their joins.</summary>
    internal static string Expanded(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return "";
        var parts = Parts(name);
        if (parts.Count < 2)
            return string.Join(' ', parts);
        var words = new List<string>(parts);
        for (var length = 2; length <= Math.Min(LongestPartialJoin, parts.Count); length++)
        {
            for (var start = 0; start + length <= parts.Count; start++)
                words.Add(string.Concat(parts.Skip(start).Take(length)));
        }

        if (parts.Count > LongestPartialJoin)
            words.Add(string.Concat(parts));
        return string.Join(' ', words);
    }

    /// <summary>Letters and digits only, lower case: equal for all spellings of one name.</summary>
    internal static string Joined(string text) => string.Concat(Parts(text));

    /// <summary>Running text as it is indexed: as it stands, but for spaces between signs of scripts that have none.</summary>
    internal static string Running(string text)
    {
        if (!text.EnumerateRunes().Any(IsIdeograph))
            return text;
        var spaced = new StringBuilder(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsIdeograph(rune))
                spaced.Append(' ').Append(rune).Append(' ');
            else
                spaced.Append(rune);
        }

        return spaced.ToString();
    }

    /// <summary>Combining marks stay with their letter; the index drops them together with other diacritics.</summary>
    private static bool Belongs(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsBreak(Rune before, Rune rune)
    {
        if (Rune.IsDigit(before) != Rune.IsDigit(rune))
            return Belongs(before);
        return IsIdeograph(before) || IsIdeograph(rune) || (Rune.IsUpper(rune) && Rune.IsLower(before));
    }

    /// <summary>Scripts written without spaces: each sign is a part, so that a word inside a sentence is found.</summary>
    private static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x3FFFF);
}
