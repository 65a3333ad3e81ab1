namespace AdapterHub.Catalog.Cards;

/// <summary>
/// Where the links of a card lead. The functions are given paths inside the repository, already checked: decoded, with forward slashes, without
/// a leading one, and never with a segment <c>.</c> or <c>..</c>. They escape the path themselves and return an address that begins with one
/// slash or with http(s)://, or null to refuse; anything else they return is refused as well.
/// </summary>
public sealed record CardLinks
{
    /// <summary>No repository yet: relative links and images are refused.</summary>
    public static readonly CardLinks None = new() { Page = _ => null, File = _ => null };

    /// <summary>The page that shows a file or a folder; the empty path is the repository itself.</summary>
    public required Func<string, string?> Page { get; init; }

    /// <summary>A file's bytes, for images.</summary>
    public required Func<string, string?> File { get; init; }

    /// <summary>The folder of the Markdown file in its repository, against which relative links are resolved; empty for the root.</summary>
    public string Folder { get; init; } = "";

    /// <summary>
    /// The path of the page that shows the card, put before every <c>#card-...</c>: a page with a <c>base</c> element would otherwise leave for
    /// another address.
    /// </summary>
    public string Here { get; init; } = "";

    /// <summary>Whether an absolute address is this hub's own; its links get no <c>rel</c>.</summary>
    public Func<Uri, bool> IsOwn { get; init; } = _ => false;
}
