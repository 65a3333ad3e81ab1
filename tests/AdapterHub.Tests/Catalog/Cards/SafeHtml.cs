using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace AdapterHub.Tests.Catalog.Cards;

/// <summary>
/// What a rendered card may consist of, written down once more and apart from the program's own lists: a list that the program widened by
/// mistake would pass a test that reads it.
/// </summary>
internal static class SafeHtml
{
    private const string Html = "http://www.w3.org/1999/xhtml";
    private const string MathMl = "http://www.w3.org/1998/Math/MathML";

    private static readonly HashSet<string> Elements =
    [
        "a", "abbr", "b", "bdi", "blockquote", "br", "button", "caption", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2",
        "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong",
        "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr",
    ];

    private static readonly HashSet<string> MathElements =
    [
        "math", "mfrac", "mi", "mn", "mo", "mover", "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
        "munderover",
    ];

    private static readonly HashSet<string> MathAttributes =
    [
        "accent", "accentunder", "alttext", "class", "display", "displaystyle", "fence", "form", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace",
        "scriptlevel", "stretchy", "width",
    ];

    private static readonly HashSet<string> Attributes =
    [
        "alt", "aria-label", "checked", "class", "colspan", "data-alt", "data-height", "data-src", "data-width", "decoding", "dir", "disabled", "height", "href", "id", "lang", "loading",
        "open", "rel", "reversed", "role", "rowspan", "scope", "src", "start", "tabindex", "title", "type", "value", "width",
    ];

    private static readonly HashSet<string> Classes =
    [
        "code", "remote-image", "table-scroll", "formula", "formula-source", "align-left", "align-center", "align-right", "contains-task-list", "task-list-item", "footnotes",
        "footnote-ref", "footnote-back-ref", "markdown-alert", "markdown-alert-title", "markdown-alert-note", "markdown-alert-tip", "markdown-alert-important",
        "markdown-alert-warning", "markdown-alert-caution",
    ];

    /// <summary>Fails if a browser would find anything in the HTML but what a card may hold, now or after another parsing.</summary>
    public static void Check(string html)
    {
        // Nothing that a parser would have to mend, or to move out of the card.
        var body = Parse(html);
        body.InnerHtml.ShouldBe(html);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in body.GetDescendants())
        {
            (node is IElement or IText).ShouldBeTrue($"{node.NodeType} in {html}");
            if (node is not IElement element)
                continue;
            CheckElement(element, html);
            if (element.Id is { Length: > 0 } id)
                ids.Add(id).ShouldBeTrue($"id {id} twice in {html}");
        }
    }

    private static IElement Parse(string html) => new HtmlParser(new HtmlParserOptions { IsScripting = true }).ParseDocument($"<!doctype html><body><main>{html}</main>").QuerySelector("main")!;

    private static void CheckElement(IElement element, string html)
    {
        var isMath = element.NamespaceUri == MathMl;
        (isMath ? MathElements : Elements).ShouldContain(element.LocalName, html);
        if (!isMath)
            (element.NamespaceUri, element.ParentElement?.NamespaceUri).ShouldBe((Html, Html), html);
        foreach (var attribute in element.Attributes)
        {
            attribute.NamespaceUri.ShouldBeNull(html);
            (isMath ? MathAttributes : Attributes).ShouldContain(attribute.Name, html);
            CheckAttribute(element, attribute.Name, attribute.Value, html);
        }

        if (element.LocalName is "input")
            (element.GetAttribute("type"), element.HasAttribute("disabled")).ShouldBe(("checkbox", true), html);
        if (element.LocalName is "button")
            (element.GetAttribute("type"), element.ClassName).ShouldBe(("button", "remote-image"), html);
        if (element.LocalName is "a" && element.GetAttribute("href") is ['h', ..])
            element.GetAttribute("rel").ShouldBe("nofollow noopener", html);
    }

    private static void CheckAttribute(IElement element, string name, string value, string html)
    {
        switch (name)
        {
            case "href":
                (IsOurs(value) || IsWeb(value) || IsMail(value)).ShouldBeTrue($"href {value} in {html}");
                element.LocalName.ShouldBe("a", html);
                break;
            case "src":
                value.ShouldStartWith("/alice/tales/resolve/main/", Case.Sensitive, html);
                value.ShouldNotContain("..", Case.Sensitive, html);
                element.LocalName.ShouldBe("img", html);
                break;
            case "data-src":
                IsWeb(value).ShouldBeTrue($"data-src {value} in {html}");
                break;
            case "id":
                value.ShouldStartWith("card-", Case.Sensitive, html);
                break;
            case "class":
                foreach (var word in value.Split(' '))
                    (Classes.Contains(word) || (word.StartsWith("hl-", StringComparison.Ordinal) && word[3..].All(char.IsAsciiLetter))
                        || word.StartsWith("language-", StringComparison.Ordinal)).ShouldBeTrue($"class {word} in {html}");
                break;
            case "tabindex":
                value.ShouldBe("0", html);
                break;
        }
    }

    private static bool IsOurs(string value) =>
        (value.StartsWith("/alice/tales/blob/main/", StringComparison.Ordinal) || value.StartsWith("/alice/tales#card-", StringComparison.Ordinal))
        && !value.Contains("..", StringComparison.Ordinal) && !value.Contains('\\', StringComparison.Ordinal);

    /// <summary>Nothing that a browser would have to repair stands in it.</summary>
    private static bool IsWeb(string value) =>
        (value.StartsWith("https://", StringComparison.Ordinal) || value.StartsWith("http://", StringComparison.Ordinal)) && value.All(c => c > ' ' && c is not ('\\' or '<' or '>' or '"'));

    private static bool IsMail(string value) => value.StartsWith("mailto:", StringComparison.Ordinal) && value.All(c => c > ' ');
}
