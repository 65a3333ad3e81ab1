using System.Globalization;
using System.Text;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>
/// The ids of one card. All begin with <see cref="Prefix"/>, so that none takes the place of an element or a global name of the page around it
/// (DOM clobbering).
/// </summary>
internal sealed class CardAnchors
{
    public const string Prefix = "card-";
    private const int Longest = 120;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The id that a fragment or an author's id stands for; null for one that holds other than letters, digits and a few marks.</summary>
    public static string? Of(string name) =>
        name.Length is > 0 and <= Longest && name.EnumerateRunes().All(rune => Rune.IsLetterOrDigit(rune) || IsMark(rune) || rune.Value is '-' or '_' or '.' or ':')
            ? Prefix + name
            : null;

    /// <summary>The author's id with its prefix; null if it is not fit or already taken.</summary>
    public string? Take(string name) => Of(name) is { } id && _taken.Add(id) ? id : null;

    /// <summary>The id for a heading, with a number behind it if the card has it already.</summary>
    public string TakeFree(string slug)
    {
        // The number to try next is remembered, or a thousand headings of one name would be tried half a million times.
        var number = _numbers.GetValueOrDefault(slug);
        string id;
        do
            id = number == 0 ? Prefix + slug : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{slug}-{number}");
        while (number++ >= 0 && !_taken.Add(id));
        _numbers[slug] = number;
        return id;
    }

    /// <summary>As GitHub and the Hub form them, so that a card's own table of contents works: lower case, blanks to hyphens, punctuation dropped.</summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune) || rune.Value is '-' or '_')
                slug.Append(Rune.ToLowerInvariant(rune).ToString());
            else if (rune.Value == ' ')
                slug.Append('-');
            if (slug.Length >= Longest - 10)
                break;
        }

        return slug.Length == 0 ? "section" : slug.ToString();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
