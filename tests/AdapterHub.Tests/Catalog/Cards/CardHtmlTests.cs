using AdapterHub.Catalog.Cards;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class CardHtmlTests
{
    internal static readonly CardLinks Links = new()
    {
        Page = path => $"/alice/tales/blob/main/{path}",
        File = path => $"/alice/tales/resolve/main/{path}",
        Here = "/alice/tales",
        IsOwn = uri => uri.Host == "hub.example",
    };

    [Theory]
    [InlineData("# A  *b* & `c`!", "<h1 id=\"card-a-b--c\">A  <em>b</em> &amp; <code>c</code>!</h1>")]
    [InlineData("[x](docs/a.md#Part)", "<p><a href=\"/alice/tales/blob/main/docs/a.md#card-Part\">x</a></p>")]
    [InlineData("[x](./a.txt?raw=1#L10)", "<p><a href=\"/alice/tales/blob/main/a.txt#L10\">x</a></p>")]
    [InlineData("[x](/a%20b.txt)", "<p><a href=\"/alice/tales/blob/main/a b.txt\">x</a></p>")]
    [InlineData("[x](#part)", "<p><a href=\"/alice/tales#card-part\">x</a></p>")]
    [InlineData("[x](https://example.org/?a=1&b=2)", "<p><a href=\"https://example.org/?a=1&amp;b=2\" rel=\"nofollow noopener\">x</a></p>")]
    [InlineData("[x](//example.org/)", "<p><a href=\"https://example.org/\" rel=\"nofollow noopener\">x</a></p>")]
    [InlineData("[x](https://hub.example/bob)", "<p><a href=\"https://hub.example/bob\">x</a></p>")]
    [InlineData("<a@b.example>", "<p><a href=\"mailto:a@b.example\">a@b.example</a></p>")]
    [InlineData("![a cat](img/cat.png)", "<p><img alt=\"a cat\" src=\"/alice/tales/resolve/main/img/cat.png\" loading=\"lazy\" decoding=\"async\"></p>")]
    [InlineData("![a](https://x.example/a.png)", "<p><button type=\"button\" class=\"remote-image\" data-src=\"https://x.example/a.png\" data-alt=\"a\">Load image from x.example: a</button></p>")]
    [InlineData("<img src='https://x.example/a.png' width=300>", "<button type=\"button\" class=\"remote-image\" data-src=\"https://x.example/a.png\" data-alt=\"\" data-width=\"300\">Load image from x.example</button>")]
    [InlineData("[![b](https://x.example/b.svg)](https://ci.example/)", "<p><button type=\"button\" class=\"remote-image\" data-src=\"https://x.example/b.svg\" data-alt=\"b\">Load image from x.example: b</button> <a href=\"https://ci.example/\" rel=\"nofollow noopener\">b</a></p>")]
    [InlineData("- [x] a", "<ul class=\"contains-task-list\">\n<li class=\"task-list-item\"><input type=\"checkbox\" disabled=\"\" aria-label=\"Done\" checked=\"\"> a</li>\n</ul>")]
    [InlineData("> [!TIP]\n> a", "<div class=\"markdown-alert markdown-alert-tip\">\n<p class=\"markdown-alert-title\">Tip</p>\n<p>a</p>\n</div>")]
    [InlineData("a\n:   b", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>")]
    [InlineData("~~a~~ :tada: www.example.org", "<p><del>a</del> 🎉 <a href=\"http://www.example.org/\" rel=\"nofollow noopener\">www.example.org</a></p>")]
    [InlineData("```diff\n+ a\n```", "<pre class=\"code\" tabindex=\"0\"><code class=\"language-diff\"><span class=\"hl-builtinValue\">+ a</span>\n</code></pre>")]
    [InlineData("```nonsense\na < b\n```", "<pre class=\"code\" tabindex=\"0\"><code class=\"language-nonsense\">a &lt; b\n</code></pre>")]
    [InlineData("<center><font color=red>a</font></center>", "<div class=\"align-center\"><span>a</span></div>")]
    [InlineData("<details><summary>a</summary>\n\n**b**\n\n</details>", "<details><summary>a</summary>\n<p><strong>b</strong></p>\n</details>")]
    [InlineData("<p>a<p>b", "<p>a</p><p>b\n</p>")]
    [InlineData("<b>a<i>b</b>c", "<p><b>a<i>b</i></b>c</p>")]
    [InlineData("a < b & c", "<p>a &lt; b &amp; c</p>")]
    public void Markdown_BecomesHtml(string markdown, string html) => CardHtml.RenderBody(markdown, Links).Html.TrimEnd().ShouldBe(html);

    [Fact]
    public void Tables_ScrollAndAlign() =>
        CardHtml.RenderBody("|a|b|\n|-|-:|\n|1|2|", Links).Html.ReplaceLineEndings("").ShouldBe(
            "<div class=\"table-scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table><thead><tr><th>a</th><th class=\"align-right\">b</th></tr></thead>"
            + "<tbody><tr><td>1</td><td class=\"align-right\">2</td></tr></tbody></table></div>");

    [Fact]
    public void Headings_MakeTheOutline()
    {
        var page = CardHtml.RenderBody("# A\n\n## B *c*\n\n## A\n\n### \n\n<h2 id='Own'>Own</h2>\n\n#### 日本語 é", Links);
        page.Outline.ShouldBe(
        [
            new CardHeading(1, "card-a", "A"), new CardHeading(2, "card-b-c", "B c"), new CardHeading(2, "card-a-1", "A"), new CardHeading(2, "card-Own", "Own"),
            new CardHeading(4, "card-日本語-é", "日本語 é"),
        ]);
        foreach (var heading in page.Outline)
            page.Html.ShouldContain($"id=\"{heading.Id}\"");
    }

    [Fact]
    public void Footnotes_LinkBothWays()
    {
        var html = CardHtml.RenderBody("a[^1]\n\n[^1]: b", Links).Html;
        html.ShouldContain("<a id=\"card-fnref:1\" class=\"footnote-ref\" href=\"/alice/tales#card-fn%3A1\"><sup>1</sup></a>");
        html.ShouldContain("<a class=\"footnote-back-ref\" href=\"/alice/tales#card-fnref%3A1\" aria-label=\"Back to the text\">");
    }

    [Theory]
    [InlineData("../a.md", "docs", "/alice/tales/blob/main/a.md")]
    [InlineData("b/../a.md", "docs/x", "/alice/tales/blob/main/docs/x/a.md")]
    [InlineData("/a.md", "docs", "/alice/tales/blob/main/a.md")]
    [InlineData("../../a.md", "docs", null)]
    [InlineData("/../a.md", "docs", null)]
    [InlineData("..%2fa.md", "", null)]
    [InlineData("%2e%2e/a.md", "", null)]
    [InlineData("%252e%252e/a.md", "docs", null)]
    [InlineData("..\\a.md", "docs/x", null)]
    [InlineData("a%5cb.md", "", null)]
    [InlineData("a%00.md", "", null)]
    [InlineData("a%ff.md", "", null)]
    [InlineData("．．/a.md", "docs", null)]
    [InlineData("a／b.md", "docs", null)]
    [InlineData("/\\evil.example", "", null)]
    public void RelativeLinks_StayInTheRepository(string link, string folder, string? expected)
    {
        var html = CardHtml.RenderBody($"<a href=\"{link}\">x</a>", Links with { Folder = folder }).Html.TrimEnd();
        html.ShouldBe(expected is null ? "<p><a>x</a></p>" : $"<p><a href=\"{expected}\">x</a></p>");
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("//evil.example")]
    [InlineData("relative")]
    [InlineData("/\\evil.example")]
    public void CallersAddress_IsCheckedToo(string address) =>
        CardHtml.RenderBody("[x](a) ![y](b)", new CardLinks { Page = _ => address, File = _ => address }).Html.TrimEnd().ShouldBe("<p><a>x</a> y</p>");

    [Fact]
    public void SeedCards_Render()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(RepositoryTree.Root, "data", "seed"), "README.md", SearchOption.AllDirectories))
        {
            var page = CardHtml.Render(CardDocument.Parse(File.ReadAllText(path)), Links);
            page.Problems.ShouldBeEmpty();
            page.Outline.ShouldNotBeEmpty();
            page.Html.ShouldContain("<h1");
            if (path.Contains("adapters", StringComparison.Ordinal))
                page.Html.ShouldContain("<table>");
        }
    }

    [Fact]
    public void TooLongACard_IsRefusedWithAMessage()
    {
        var page = CardHtml.Render(CardDocument.Parse(new string('a', CardLimits.Characters + 1)), Links);
        page.Html.ShouldBeEmpty();
        page.Problems.ShouldHaveSingleItem().Message.ShouldContain("1,048,576");
    }
}
