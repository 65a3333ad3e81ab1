using System.Text;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Plain text taken out of cards.</summary>
internal static class CardText
{
    /// <summary>Embeddings and overrides (U+202A to U+202E) make text read in another order than it is written; isolates and marks stay.</summary>
    public static bool IsOverride(char c) => c is >= '\u202A' and <= '\u202E';

    public static string WithoutOverrides(string text) => text.Any(IsOverride) ? string.Concat(text.Where(c => !IsOverride(c))) : text;

    /// <summary>One line: white space as single blanks, no controls, cut at a word with an ellipsis.</summary>
    public static string OneLine(string text, int longest)
    {
        var line = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else if (!char.IsControl(c) && !IsOverride(c) && c is not (>= '\u2066' and <= '\u2069') and not '\uFEFF')
                line.Append(c);
            if (line.Length > longest + 1)
                break;
        }

        return Cut(line.ToString().TrimEnd(), longest);
    }

    private static string Cut(string line, int longest)
    {
        if (line.Length <= longest)
            return line;
        var cut = longest - 1;
        var blank = line.LastIndexOf(' ', cut);
        if (blank > longest / 2)
            cut = blank;
        else if (char.IsHighSurrogate(line[cut - 1]))
            cut--;
        return string.Concat(line.AsSpan(0, cut).TrimEnd(" ,;:.("), "\u2026");
    }
}
