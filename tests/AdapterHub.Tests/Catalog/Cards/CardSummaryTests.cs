using AdapterHub.Catalog.Cards;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class CardSummaryTests
{
    [Theory]
    [InlineData("# Title\n\n[![b](c)](d)\n\nFirst *para* with `code`,\na [link](x) &amp; <b>html</b>.\n\nSecond", "First para with code, a link & html.")]
    [InlineData("![x](y)\n\n| a |\n|---|\n| b |\n\n```\ncode\n```\n\n- item one\n- two", "item one")]
    [InlineData("<p align=center>raw</p>\n\n> quoted words", "quoted words")]
    [InlineData("> [!NOTE]\n> hidden\n\nshown[^1]\n\n[^1]: note", "shown")]
    [InlineData("Area $x^2$ :tada:", "Area x^2 🎉")]
    [InlineData("# Only a title", "From the description.")]
    [InlineData("", "From the description.")]
    public void FirstParagraph_IsPlainText(string body, string summary) =>
        CardSummary.Of(CardDocument.Parse($"---\ndescription: From the description.\n---\n{body}")).ShouldBe(summary);

    [Fact]
    public void LongParagraphs_AreCutAtAWord()
    {
        var summary = CardSummary.Of(CardDocument.Parse(string.Join(' ', Enumerable.Repeat("lorem", 100))));
        summary.Length.ShouldBeLessThanOrEqualTo(CardLimits.SummaryCharacters);
        summary.ShouldEndWith("lorem…");
        var solid = CardSummary.Of(CardDocument.Parse(string.Concat(Enumerable.Repeat("😀", 300)) + "a"));
        solid.Length.ShouldBeLessThanOrEqualTo(CardLimits.SummaryCharacters);
        char.IsHighSurrogate(solid[^2]).ShouldBeFalse();
    }

    [Fact]
    public void Overrides_AreDropped() => CardSummary.Of(CardDocument.Parse("a\u202Eb\u2066c\u0007")).ShouldBe("abc");

    [Fact]
    public void HostileBodies_HaveNone() => CardSummary.Of(CardDocument.Parse(string.Concat(Enumerable.Repeat("> ", 5000)) + "a")).ShouldBeEmpty();
}
