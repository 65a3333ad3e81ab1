using System.Diagnostics;
using AdapterHub.Catalog.Cards;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class HostileBodyTests
{
    /// <summary>The program gives up after three seconds; what it should not do takes minutes or all memory. Wide, since machines are shared.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Pieces to be repeated until a card is as long as it may be.</summary>
    public static TheoryData<string, string> Repeated => new()
    {
        { "quotes", "> " },
        { "quotes without blanks", ">" },
        { "numbered lists", "1. " },
        { "tasks", "- [ ] " },
        { "opened links", "[a](" },
        { "opened images", "![" },
        { "brackets", "[" },
        { "links in links", "[[a](b)" },
        { "badges", "[![a](http://b/c)](http://d) " },
        { "open emphasis", "*a " },
        { "mixed emphasis", "*_**__ab" },
        { "closed emphasis", "*a* **b** " },
        { "strikes", "~a~~b " },
        { "backticks", "`a" },
        { "addresses", "http://a.b " },
        { "formulas", "$a$ " },
        { "open formulas", "\\\\(a" },
        { "definitions of one link", "[a]: b\n" },
        { "definitions of one footnote", "[^1]: a\n" },
        { "tables", "|a|\n|-|\n" },
        { "definition lists", "a\n: b\n" },
        { "headings", "# a\n\n" },
        { "underlined headings", "a\n===\n" },
        { "open tags", "<b>" },
        { "open blocks", "<div>\n" },
        { "formatting before paragraphs", "<b><p>" },
        { "open tables", "<table><td>" },
        { "open drawings", "<svg>" },
        { "open styles", "<style>" },
        { "comments", "<!--" },
        { "declarations", "<?" },
        { "character data", "<![CDATA[" },
        { "attributes", "<a x=1 " },
        { "entities", "&lt;" },
        { "blocks of code", "```python\nx = \"\\\n```\n" },
        { "alerts", "> [!NOTE]\n" },
    };

    [Theory]
    [MemberData(nameof(Repeated))]
    public void SomeRepetition_EndsSoon(string name, string piece) => RenderInTime(name, string.Concat(Enumerable.Repeat(piece, 20_000 / piece.Length)));

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Repeated))]
    public void Repetition_EndsSoon(string name, string piece) =>
        RenderInTime(name, string.Concat(Enumerable.Repeat(piece, CardLimits.Characters / piece.Length)));

    [Fact]
    public void References_CannotBlowUp()
    {
        var address = new string('x', 100_000);
        RenderInTime("a long address used often", $"[a]: http://{address}\n\n{string.Concat(Enumerable.Repeat("[a] ", 100_000))}").ShouldBeTrue();
        RenderInTime("a footnote used often", $"[^a]: x\n\n{string.Concat(Enumerable.Repeat("[^a] ", 100_000))}");
    }

    [Fact]
    public void Formatting_IsNotOpenedAnewForEachParagraph()
    {
        // A browser's parser reopens fifty elements in each of the paragraphs: fifty times the text and more.
        var formatting = string.Concat(Enumerable.Range(0, 50).Select(i => $"<font color={i}><b id={i}>"));
        var html = CardHtml.RenderBody(formatting + string.Concat(Enumerable.Repeat("<p>x", 20_000)), CardHtmlTests.Links).Html;
        html.Length.ShouldBeLessThan(200_000);
    }

    [Fact]
    public void DeepNesting_LosesTagsNotText()
    {
        var page = CardHtml.RenderBody(string.Concat(Enumerable.Repeat("<div>", 5000)) + "core" + string.Concat(Enumerable.Repeat("</div>", 5000)) + "\n\nafter", CardHtmlTests.Links);
        page.Html.ShouldContain("core");
        page.Html.ShouldContain("after");
        SafeHtml.Check(page.Html);
    }

    [Fact]
    public void WhatIsRefused_IsShownAsWritten()
    {
        var text = string.Concat(Enumerable.Repeat("> ", 500)) + "<script>alert(1)</script>";
        var page = CardHtml.RenderBody(text, CardHtmlTests.Links);
        page.Problems.ShouldHaveSingleItem().Message.ShouldContain("nested too deep");
        page.Html.ShouldStartWith("<pre class=\"code\" tabindex=\"0\">&gt; &gt; ");
        SafeHtml.Check(page.Html);
    }

    [Theory]
    [InlineData("python", "\"\\")]
    [InlineData("bash", "\"$(")]
    [InlineData("html", "<a b='")]
    [InlineData("markdown", "*a ")]
    [InlineData("xml", "<!--")]
    [InlineData("cpp", "/*")]
    [InlineData("json", "{\"a\":[")]
    [InlineData("csharp", "@\"")]
    [InlineData("yaml", "a: '")]
    [InlineData("php", "<?php /*")]
    public void Code_IsColouredInBoundedTime(string language, string piece) =>
        RenderInTime(language, $"```{language}\n{string.Concat(Enumerable.Repeat(piece, CardLimits.HighlightedBlockCharacters / piece.Length - 1))}\n```");

    /// <returns>Whether the text was refused.</returns>
    private static bool RenderInTime(string name, string text)
    {
        var watch = Stopwatch.StartNew();
        var page = CardHtml.RenderBody(text.Length > CardLimits.Characters ? text[..CardLimits.Characters] : text, CardHtmlTests.Links);
        watch.Elapsed.ShouldBeLessThan(Patience, name);
        page.Html.Length.ShouldBeLessThan(CardLimits.HtmlCharacters * 2, name);
        return page.Problems.Count > 0;
    }
}
