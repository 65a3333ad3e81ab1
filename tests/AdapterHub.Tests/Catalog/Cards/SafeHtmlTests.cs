namespace AdapterHub.Tests.Catalog.Cards;

/// <summary>The check that the attacks are measured with must itself find them.</summary>
public sealed class SafeHtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<a href=\"java&#9;script:alert(1)\">x</a>")]
    [InlineData("<a href=\"https://x.example/\">no rel</a>")]
    [InlineData("<a href=\"/alice/tales/blob/main/../../x\">x</a>")]
    [InlineData("<img src=\"https://x.example/a.png\">")]
    [InlineData("<p onclick=\"x\">x</p>")]
    [InlineData("<p style=\"x\">x</p>")]
    [InlineData("<p id=\"location\">x</p>")]
    [InlineData("<p class=\"modal\">x</p>")]
    [InlineData("<p id=\"card-a\">x</p><p id=\"card-a\">y</p>")]
    [InlineData("<svg></svg>")]
    [InlineData("<math><annotation-xml></annotation-xml></math>")]
    [InlineData("<math href=\"x\"></math>")]
    [InlineData("<math><mtext><p>x</p></mtext></math>")]
    [InlineData("<input type=\"text\">")]
    [InlineData("<input type=\"checkbox\">")]
    [InlineData("<button class=\"remote-image\">x</button>")]
    [InlineData("<form></form>")]
    [InlineData("<!-- x -->")]
    [InlineData("<table><a>x</a></table>")]
    [InlineData("</main><script>x</script>")]
    public void Attacks_AreFound(string html) => Should.Throw<ShouldAssertException>(() => SafeHtml.Check(html));

    [Fact]
    public void Harmless_Passes() => SafeHtml.Check("<p id=\"card-x\" class=\"align-left\">a <a href=\"https://x.example/\" rel=\"nofollow noopener\">b</a></p>");
}
