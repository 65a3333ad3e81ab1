using AdapterHub.Catalog.Cards;
using AdapterHub.Tests.Formats;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class XssTests
{
    /// <summary>Wherever an attack stands: alone, in a list, in HTML that is open, behind other attacks.</summary>
    private static readonly string[] Frames = ["{0}", "text {0} text", "- {0}", "<div>{0}</div>\n\n# after", "<table><tr><td>\n\n{0}\n\n</td></tr></table>", "> **{0}**"];

    [Fact]
    public void Collection_IsLarge() => XssVectors.All.Distinct().Count().ShouldBeGreaterThan(500);

    [Fact]
    public void Attacks_LeaveOnlyWhatIsAllowed()
    {
        foreach (var vector in XssVectors.All)
        {
            foreach (var frame in Frames)
                Check(frame.Replace("{0}", vector, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Titles_SummariesAndFrontMatter_AreText()
    {
        foreach (var vector in XssVectors.All)
        {
            var card = CardDocument.Parse($"# {vector}\n\n{vector}");
            CardHtml.Render(card, CardHtmlTests.Links).Outline.ShouldAllBe(heading => heading.Id.StartsWith("card-", StringComparison.Ordinal) && !heading.Text.Contains('\n'));
            CardSummary.Of(card).Length.ShouldBeLessThanOrEqualTo(CardLimits.SummaryCharacters);
        }
    }

    [Fact]
    public void RandomMixtures_LeaveOnlyWhatIsAllowed()
    {
        string[] tags = ["a", "b", "p", "div", "table", "tr", "td", "th", "tbody", "caption", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "pre", "code", "details", "summary", "svg", "math", "mtext", "mi", "style", "script", "noscript", "template", "title", "textarea", "select", "option", "form", "button", "input", "img", "br", "hr", "nobr", "font", "center", "annotation-xml", "foreignObject", "mglyph", "iframe", "plaintext", "xmp", "frameset", "body", "html", "head", "ruby", "rt", "blockquote", "figure"];
        string[] attributes = ["", " href=\"javascript:alert(1)\"", " onclick=alert(1)", " src=x onerror=alert(1)", " id=a", " name=a", " class='x math-inline'", " style='text-align: left;'", " title='\"><img src=x onerror=alert(1)>'", " title=\"</style><script>\"", " align=center", " /", " type=checkbox", " href=a#b", " src=https://x.example/y"];
        string[] markdown = ["\n", "\n\n", "# ", "- ", "> ", "| a |\n|---|\n", "```html\n", "$", "$$", "\\\\(", "**", "_", "`", "[x](", ")", "![x](", "<!--", "-->", "<![CDATA[", "]]>", "[^1]", "\n[^1]: ", "&lt;", "&#x3c;", "<", ">", "\"", "'", "text", "    ", ": ", "- [ ] ", "> [!NOTE]\n> ", "</p", "\\frac{a}{b}", "\\text{<b>}"];
        var pieces = Gen.OneOf(
            from tag in Gen.Elements(tags)
            from attribute in Gen.Elements(attributes)
            select $"<{tag}{attribute}>",
            from tag in Gen.Elements(tags)
            select $"</{tag}>",
            Gen.Elements(markdown),
            Gen.Elements(XssVectors.All));
        var texts = from count in Gen.Choose(0, 30)
                    from parts in Gen.ArrayOf(pieces, count)
                    select string.Concat(parts);
        RandomFormats.Check(texts, Check, cases: 1500);
    }

    private static void Check(string markdown)
    {
        var page = CardHtml.RenderBody(markdown, CardHtmlTests.Links);
        SafeHtml.Check(page.Html);
    }
}
