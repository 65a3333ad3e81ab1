using System.Text;
using AngleSharp.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>
/// Writes the sanitised tree of a card as HTML in one walk: ids, links, images, code, formulas and tables take their final form on the way.
/// It writes only names and attributes that stand in this code, so it is the last of the gates. The walk is as deep as
/// <see cref="CardLimits.HtmlDepth"/>, and its time is linear.
/// </summary>
internal sealed class CardBodyWriter
{
    private readonly HtmlText _html = new(new StringBuilder());
    private readonly CardAnchors _anchors = new();
    private readonly List<CardHeading> _outline = [];
    private readonly CardAttributes _attributes;
    private readonly CardTargets _targets;
    private readonly CodeColors _colors;
    private readonly CardFormulas _formulas;

    public CardBodyWriter(CardLinks links, RenderBudget budget)
    {
        _attributes = new CardAttributes(_anchors);
        _targets = new CardTargets(links);
        _colors = new CodeColors(_html, budget);
        _formulas = new CardFormulas(_html);
    }

    /// <summary>Headings in their order.</summary>
    public IReadOnlyList<CardHeading> Outline => _outline;

    public string Write(INode body)
    {
        WriteChildren(body);
        return _html.ToString();
    }

    private void WriteChildren(INode parent)
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is IText text)
                _html.Text(text.Data);
            else if (child is IElement element)
                WriteElement(element);
        }
    }

    private void WriteElement(IElement element)
    {
        var name = element.LocalName;
        switch (name)
        {
            case "a":
                WriteLink(element);
                break;
            case "img":
                WriteImage(element, insideLink: false);
                break;
            case "input":
                WriteBox(element);
                break;
            case "pre":
                WriteBlock(element);
                break;
            case "table":
                WriteTable(element);
                break;
            case "code" when element.ClassList.Contains("math-inline") || element.ClassList.Contains("math-display"):
                WriteFormula(element);
                break;
            case ['h', >= '1' and <= '6']:
                WriteHeading(element);
                break;
            default:
                Wrap(element);
                break;
        }
    }

    /// <summary>An element with nothing special about it; void ones have no end tag.</summary>
    private void Wrap(IElement element)
    {
        var name = element.LocalName;
        if (!CardElements.Allows(name))
            return;
        _html.Open(name, [.. _attributes.Common(element), .. _attributes.Own(element)]);
        if (CardElements.Void.Contains(name))
            return;
        WriteChildren(element);
        _html.Close(name);
    }

    private void WriteHeading(IElement heading)
    {
        var text = CardText.OneLine(heading.TextContent, 200);
        var id = _attributes.Id(heading);
        if (text.Length > 0)
        {
            id ??= _anchors.TakeFree(CardAnchors.Slug(text));
            _outline.Add(new CardHeading(heading.LocalName[1] - '0', id, text));
        }

        _html.Open(heading.LocalName, [("id", id), .. _attributes.CommonButId(heading)]);
        WriteChildren(heading);
        _html.Close(heading.LocalName);
    }

    private void WriteLink(IElement anchor)
    {
        // A button inside a link can be used by nobody, so buttons of remote images go in front of it.
        var images = anchor.GetElementsByTagName("img");
        string? label = null;
        var shows = !string.IsNullOrWhiteSpace(anchor.TextContent);
        foreach (var image in images)
        {
            var isButton = WriteImage(image, insideLink: true);
            shows |= !isButton;
            if (isButton)
            {
                _html.Raw(' ');
                label ??= CardText.OneLine(image.GetAttribute("alt") ?? "", CardTargets.LongestLabel);
            }
        }

        var (address, rel) = _targets.Link(anchor.GetAttribute("href"));
        var back = address is not null && anchor.ClassList.Contains("footnote-back-ref") ? "Back to the text" : null;
        _html.Open("a", [.. _attributes.Common(anchor), ("href", address), ("rel", rel), ("aria-label", back)]);
        WriteChildren(anchor);
        if (!shows && images.Length > 0)
            _html.Text(string.IsNullOrEmpty(label) ? _targets.HostOf(anchor.GetAttribute("href")) : label);
        _html.Close("a");
    }

    /// <summary>Writes an image, its button or its words. Of a link's images only the buttons are written when the link asks, the others in their place.</summary>
    /// <returns>Whether it is a button.</returns>
    private bool WriteImage(IElement image, bool insideLink)
    {
        var (kind, address, host) = _targets.Image(image.GetAttribute("src"));
        var isInLink = insideLink || image.Closest("a") is not null;
        var alt = CardText.WithoutOverrides(image.GetAttribute("alt") ?? "");
        if (kind == CardImageKind.Remote)
        {
            if (insideLink || !isInLink)
                WriteButton(image, address!, host!, CardText.OneLine(alt, CardTargets.LongestLabel));
            return true;
        }

        if (insideLink)
            return false;
        if (kind == CardImageKind.Local)
            _html.Open("img", [.. _attributes.Common(image), .. _attributes.Own(image), ("alt", alt), ("src", address), ("loading", "lazy"), ("decoding", "async")]);
        else
            _html.Text(alt);
        return false;
    }

    private void WriteButton(IElement image, string source, string host, string alt)
    {
        _html.Open(
            "button", ("type", "button"), ("class", "remote-image"), ("data-src", source), ("data-alt", alt), ("data-width", CardAttributes.Size(image, "width")),
            ("data-height", CardAttributes.Size(image, "height")));
        _html.Text(alt.Length > 0 ? $"Load image from {host}: {alt}" : $"Load image from {host}");
        _html.Close("button");
    }

    /// <summary>A task's box, and nothing else that an input can be.</summary>
    private void WriteBox(IElement input)
    {
        if (!string.Equals(input.GetAttribute("type"), "checkbox", StringComparison.OrdinalIgnoreCase))
            return;
        var done = input.HasAttribute("checked");
        _html.Open("input", ("type", "checkbox"), ("disabled", ""), ("aria-label", done ? "Done" : "To do"), ("checked", done ? "" : null));
    }

    /// <summary>A wide table scrolls by itself, with keys too; the page does not.</summary>
    private void WriteTable(IElement table)
    {
        _html.Open("div", ("class", "table-scroll"), ("role", "group"), ("aria-label", "Table"), ("tabindex", "0"));
        Wrap(table);
        _html.Close("div");
    }

    private void WriteFormula(IElement code)
    {
        var tex = code.TextContent.Trim();
        if (_formulas.TryWrite(tex, code.ClassList.Contains("math-display")))
            return;
        _html.Open("code", ("class", "formula-source"));
        _html.Text(tex);
        _html.Close("code");
    }

    private void WriteBlock(IElement block)
    {
        var code = block.ChildNodes is [IElement { LocalName: "code", ChildElementCount: 0 } only] ? only : null;
        var language = code is null ? null : CardAttributes.Language(code);
        if (language == "math" && _formulas.TryWriteBlock(code!.TextContent.Trim()))
            return;
        // It scrolls sideways, so keys must reach it.
        _html.Open("pre", [("class", "code"), ("tabindex", "0"), .. _attributes.CommonButClass(block)]);
        if (language is not null)
        {
            _html.Open("code", ("class", $"language-{language}"));
            if (!_colors.TryWrite(code!.TextContent, language))
                _html.Text(code.TextContent);
            _html.Close("code");
        }
        else
            WriteChildren(block);
        _html.Close("pre");
    }
}
