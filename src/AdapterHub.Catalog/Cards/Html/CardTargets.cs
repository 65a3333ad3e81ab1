using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Links and images of a card: to the repository's own routes, to the web with <c>rel</c>, or nowhere.</summary>
internal sealed class CardTargets(IHtmlDocument document, CardLinks links)
{
    private const int LongestLabel = 120;

    public void FinishLink(IHtmlAnchorElement anchor)
    {
        if (anchor.GetAttribute("href") is not { } href)
            return;
        anchor.RemoveAttribute("href");
        var target = CardTarget.Read(href, links.Folder);
        if (Address(target) is not { } address)
            return;
        anchor.SetAttribute("href", address);
        if (target is { Kind: CardTargetKind.Web, Address: { } uri } && !links.IsOwn(uri))
            anchor.SetAttribute("rel", "nofollow noopener");
        if (anchor.ClassList.Contains("footnote-back-ref"))
            anchor.SetAttribute("aria-label", "Back to the text");
    }

    /// <summary>Images of the repository are shown; images from elsewhere wait for a click, since fetching them tells a stranger who reads.</summary>
    public void FinishImage(IHtmlImageElement image)
    {
        var target = CardTarget.Read(image.GetAttribute("src") ?? "", links.Folder);
        image.RemoveAttribute("src");
        if (target is { Kind: CardTargetKind.Path, Path.Length: > 0 } && Checked(links.File(target.Path)) is { } address)
        {
            image.SetAttribute("src", address);
            image.SetAttribute("loading", "lazy");
            image.SetAttribute("decoding", "async");
            if (!image.HasAttribute("alt"))
                image.SetAttribute("alt", "");
        }
        else if (target is { Kind: CardTargetKind.Web, Address: { } uri })
            PutButton(image, uri);
        else
            image.Replace(document.CreateTextNode(image.GetAttribute("alt") ?? ""));
    }

    private void PutButton(IHtmlImageElement image, Uri source)
    {
        var alt = CardText.OneLine(image.GetAttribute("alt") ?? "", LongestLabel);
        var button = document.CreateElement("button");
        button.SetAttribute("type", "button");
        button.ClassName = "remote-image";
        button.SetAttribute("data-src", source.AbsoluteUri);
        button.SetAttribute("data-alt", alt);
        foreach (var size in new[] { "width", "height" })
        {
            if (image.GetAttribute(size) is { } value)
                button.SetAttribute($"data-{size}", value);
        }

        button.TextContent = $"Load image from {source.IdnHost}{(alt.Length > 0 ? $": {alt}" : "")}";
        if (image.Ancestors<IHtmlAnchorElement>().FirstOrDefault() is not { } anchor)
        {
            image.Replace(button);
            return;
        }

        // A button inside a link can be used by nobody; a link of nothing but the image keeps its words or its host as text.
        anchor.Parent!.InsertBefore(button, anchor);
        anchor.Parent.InsertBefore(document.CreateTextNode(" "), anchor);
        image.Remove();
        if (string.IsNullOrWhiteSpace(anchor.TextContent) && anchor.QuerySelector("img") is null)
            anchor.TextContent = alt.Length > 0 ? alt : HostOf(anchor);
    }

    private string HostOf(IHtmlAnchorElement anchor) =>
        CardTarget.Read(anchor.GetAttribute("href") ?? "", links.Folder) is { Kind: CardTargetKind.Web, Address: { } uri } ? uri.IdnHost : "link";

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
