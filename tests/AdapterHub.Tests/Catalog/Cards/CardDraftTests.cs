using AdapterHub.Catalog.Cards;
using AdapterHub.Formats.Inspection;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class CardDraftTests
{
    private static readonly string Seed = Path.Combine(RepositoryTree.Root, "data", "seed", "adapters", "king-james");

    private static readonly AdapterFacts Facts =
        AdapterFacts.Of(AdapterOutline.Read(Path.Combine(Seed, "adapter_config.json"), Path.Combine(Seed, "adapter_model.safetensors")));

    [Fact]
    public void SeedAdapter_DescribesItself()
    {
        var draft = new CardDraft { Title = "king-james", Facts = Facts, BaseModel = "inkwell", BaseParameters = 9_884_448, Files = [new("adapter_model.safetensors", 686_000)] };
        var card = draft.ToCard();
        card.Problems.ShouldBeEmpty();
        card.FrontMatter.BaseModels.ShouldBe(["inkwell"]);
        card.FrontMatter.Relation.ShouldBe(BaseModelRelation.Adapter);
        card.FrontMatter.LibraryName.ShouldBe("peft");
        card.FrontMatter.Tags.ShouldContain("lora");
        card.FrontMatter.License.ShouldBeNull();
        draft.Questions.ShouldContain(question => question.Contains("licence", StringComparison.Ordinal));
        card.Body.ShouldContain($"| rank | {Facts.RankText} |");
        card.Body.ShouldContain($"| trained parameters | {Facts.Parameters:N0} of 9,884,448 (");
        CardSummary.Of(card).ShouldBe($"A LoRA adapter of rank {Facts.RankText} on {Facts.Modules} modules of inkwell.");
        var page = CardHtml.Render(card, CardHtmlTests.Links);
        page.Outline.Select(heading => heading.Text).ShouldBe(["king-james", "What it changes", "Files"]);
        page.Html.ShouldNotContain("Only you know");
    }

    [Fact]
    public void Answers_AreNoLongerAsked()
    {
        var draft = new CardDraft { Title = "t", Facts = Facts, BaseModel = "a/b", License = "mit", Languages = ["en"], Description = "It *rhymes*." };
        draft.Questions.ShouldHaveSingleItem().ShouldContain("trained on");
        var card = draft.ToCard();
        card.FrontMatter.License.ShouldBe("mit");
        CardSummary.Of(card).ShouldBe("It rhymes.");
    }

    [Fact]
    public void NamesFromTheFile_AreOnlyText()
    {
        var hostile = Facts with
        {
            BaseModel = "/home/me/model",
            Targets = ["a`<script>alert(1)</script>|b", .. Enumerable.Range(0, 100).Select(i => $"m{i}")],
            Dtypes = ["<img src=x onerror=alert(1)>"],
        };
        var draft = new CardDraft { Title = "[x](javascript:alert(1)) <b>\n# y", Facts = hostile, Files = [new("a|b`<script>", 1)] };
        var card = draft.ToCard();
        card.FrontMatter.BaseModels.ShouldBeEmpty();
        draft.Questions.ShouldContain(question => question.Contains("base model", StringComparison.Ordinal));
        var html = CardHtml.Render(card, CardHtmlTests.Links).Html;
        html.ShouldContain("[x](javascript:alert(1)) &lt;b&gt; # y</h1>");
        html.ShouldContain("and 77 more");
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
    }
}
