namespace AdapterHub.Catalog.Accounts;

/// <summary>Short texts that people write about themselves: trimmed, without control characters, null when empty.</summary>
internal static class ProfileText
{
    private const int LongestLine = 80;
    private const int LongestAbout = 2000;

    public static string? Line(string? text, string what)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length > LongestLine)
            throw new CatalogException(CatalogFault.Invalid, $"The {what} is longer than {LongestLine} characters.");
        return text.Any(char.IsControl) ? throw new CatalogException(CatalogFault.Invalid, $"The {what} has to be one line of plain text.") : text;
    }

    public static string? About(string? text)
    {
        text = text?.Trim().ReplaceLineEndings("\n");
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length > LongestAbout)
            throw new CatalogException(CatalogFault.Invalid, $"The text about you is longer than {LongestAbout} characters.");
        return text.Any(c => char.IsControl(c) && c != '\n')
            ? throw new CatalogException(CatalogFault.Invalid, "The text about you has control characters.") : text;
    }
}
