using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Cards.Html;

internal enum CardTargetKind
{
    /// <summary>Nothing that a card may link to.</summary>
    Refused,

    /// <summary>A place in the card itself.</summary>
    Fragment,

    /// <summary>A file or a folder of the repository.</summary>
    Path,

    /// <summary>An address of the web.</summary>
    Web,

    Mail,
}

/// <summary>What a link or an image of a card points to, read as a browser would read it, only more strictly.</summary>
/// <param name="Kind">The other members are empty where they do not belong to it.</param>
/// <param name="Address">The whole address of the web or of mail, escaped.</param>
/// <param name="Path">In the repository: decoded, without <c>.</c> and <c>..</c>; empty for its root.</param>
/// <param name="Fragment">Decoded, without <c>#</c>.</param>
internal sealed partial record CardTarget(CardTargetKind Kind, Uri? Address = null, string Path = "", string Fragment = "")
{
    private const int LongestAddress = 4096;
    private const int LongestPath = 1024;
    private static readonly CardTarget Refused = new(CardTargetKind.Refused);

    /// <param name="text">The attribute's value with its entities resolved.</param>
    /// <param name="folder">The folder of the Markdown file.</param>
    public static CardTarget Read(string text, string folder)
    {
        // A browser drops tabs and line ends wherever they are, and blanks and controls around the address (URL Standard, 4.4).
        var address = string.Concat(text.Where(c => c is not ('\t' or '\n' or '\r'))).Trim(Blank);
        if (address.Length is 0 or > LongestAddress || address.Any(c => char.IsControl(c) || c == '\\' || IsInvisible(c)))
            return Refused;
        if (address[0] == '#')
            return Decode(address[1..]) is { } fragment ? new CardTarget(CardTargetKind.Fragment, Fragment: fragment) : Refused;
        if (Scheme().Match(address) is { Success: true, Value: var scheme })
            return ReadAbsolute(address, scheme[..^1].ToLowerInvariant());
        return address.StartsWith("//", StringComparison.Ordinal) ? ReadAbsolute($"https:{address}", "https") : ReadPath(address, folder);
    }

    private static CardTarget ReadAbsolute(string address, string scheme)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != scheme)
            return Refused;
        return scheme switch
        {
            "mailto" => new CardTarget(CardTargetKind.Mail, uri),
            // Names before the host only serve to pass for another one.
            "http" or "https" when uri.UserInfo.Length == 0 && uri.IdnHost.Length > 0 && !uri.IsUnc => new CardTarget(CardTargetKind.Web, uri),
            _ => Refused,
        };
    }

    private static CardTarget ReadPath(string address, string folder)
    {
        var hash = address.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? "" : Decode(address[(hash + 1)..]);
        var path = hash < 0 ? address : address[..hash];
        var query = path.IndexOf('?', StringComparison.Ordinal);
        path = query < 0 ? path : path[..query];
        return fragment is not null && Decode(path) is { Length: > 0 } decoded && Resolve(decoded, folder) is { } resolved
            ? new CardTarget(CardTargetKind.Path, Path: resolved, Fragment: fragment)
            : Refused;
    }

    /// <summary>Percent signs resolved once; null where a second round would resolve to more, or where the text is not UTF-8.</summary>
    private static string? Decode(string text)
    {
        var decoded = Uri.UnescapeDataString(text);
        return decoded.Any(c => char.IsControl(c) || c is '\\' or '\uFFFD' || IsInvisible(c)) || Escaped().IsMatch(decoded) ? null : decoded;
    }

    /// <summary>A leading slash means the repository's root. Null for a way out of it.</summary>
    private static string? Resolve(string path, string folder)
    {
        var parts = path[0] == '/' ? [] : folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
            {
                if (part.Any(IsLikeSlash) || part.All(IsLikeDot) || part.Length > 255)
                    return null;
                parts.Add(part);
            }
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        var resolved = string.Join('/', parts);
        return resolved.Length <= LongestPath ? resolved : null;
    }

    /// <summary>Characters that some layers fold into a slash or a backslash.</summary>
    private static bool IsLikeSlash(char c) => c is '\uFF0F' or '\uFF3C' or '\uFE68' or '\u2215' or '\u2044' or '\u29F8' or '\u29F5';

    private static bool IsLikeDot(char c) => c is '.' or '\uFF0E' or '\u2024' or '\u2025' or '\u2026' or '\uFE52';

    /// <summary>Zero-width characters, directional controls, byte order mark, line and paragraph separators.</summary>
    private static bool IsInvisible(char c) => c is '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2060' and <= '\u206F') or '\uFEFF';

    private static readonly char[] Blank = [.. Enumerable.Range(0, 0x21).Select(code => (char)code)];

    /// <summary>Anything before a colon that could be a scheme to some reader: only the named ones pass.</summary>
    [GeneratedRegex(@"\A[^/?#]*?:", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex("%[0-9a-fA-F]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();
}
