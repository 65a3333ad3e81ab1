namespace AdapterHub.Catalog.Cards.Html;

internal enum CardImageKind
{
    /// <summary>Nothing to show but its words.</summary>
    None,

    /// <summary>A file of the repository.</summary>
    Local,

    /// <summary>From elsewhere: fetching it tells a stranger who reads, so it waits for a click.</summary>
    Remote,
}

/// <summary>Links and images of a card: to the repository's own routes, to the web, or nowhere.</summary>
internal sealed class CardTargets(CardLinks links)
{
    public const int LongestLabel = 120;

    /// <summary>The address a link leads to, null for none, and its <c>rel</c>.</summary>
    public (string? Address, string? Rel) Link(string? href)
    {
        if (href is null)
            return (null, null);
        var target = CardTarget.Read(href, links.Folder);
        var isOutside = target is { Kind: CardTargetKind.Web, Address: { } uri } && !links.IsOwn(uri);
        return (Address(target), isOutside ? "nofollow noopener" : null);
    }

    /// <summary>Where an image comes from, and from whom.</summary>
    public (CardImageKind Kind, string? Address, string? Host) Image(string? src) => CardTarget.Read(src ?? "", links.Folder) switch
    {
        { Kind: CardTargetKind.Path, Path: { Length: > 0 } path } when Checked(links.File(path)) is { } address => (CardImageKind.Local, address, null),
        { Kind: CardTargetKind.Web, Address: { } uri } => (CardImageKind.Remote, uri.AbsoluteUri, uri.IdnHost),
        _ => (CardImageKind.None, null, null),
    };

    /// <summary>What to call a link that has no words.</summary>
    public string HostOf(string? href) => CardTarget.Read(href ?? "", links.Folder) is { Kind: CardTargetKind.Web, Address: { } uri } ? uri.IdnHost : "link";

    private string? Address(CardTarget target) => target.Kind switch
    {
        CardTargetKind.Web or CardTargetKind.Mail => target.Address!.AbsoluteUri,
        CardTargetKind.Fragment => CardAnchors.Of(target.Fragment) is { } id ? $"{links.Here}#{Uri.EscapeDataString(id)}" : null,
        CardTargetKind.Path when Checked(links.Page(target.Path)) is { } page => page + PageFragment(target),
        _ => null,
    };

    /// <summary>A Markdown file's own headings have the prefix as well; lines of other files (#L10) have not.</summary>
    private static string PageFragment(CardTarget target)
    {
        if (CardAnchors.Of(target.Fragment) is not { } id)
            return "";
        var isMarkdown = target.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase);
        return $"#{Uri.EscapeDataString(isMarkdown ? id : target.Fragment)}";
    }

    /// <summary>What the caller's function returned goes into an attribute of a page as well, so it is looked at too.</summary>
    private static string? Checked(string? address) => address switch
    {
        ['/', not ('/' or '\\'), ..] or "/" => address,
        not null when address.StartsWith("https://", StringComparison.Ordinal) || address.StartsWith("http://", StringComparison.Ordinal) => address,
        _ => null,
    };
}
