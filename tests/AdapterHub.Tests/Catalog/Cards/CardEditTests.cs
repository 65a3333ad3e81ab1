using AdapterHub.Catalog.Cards;
using AdapterHub.Tests.Formats;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class CardEditTests
{
    private const string Commented = """
        ---
        # Chosen by the lawyers
        license: mit  # not gpl
        tags:  # for the search
          # the first
          - lora
          - 'peft'   # the library
          - old
          # the end

        zoo: {a: [1, 2]}   # mine
        base_model: >-
          ink
          well

        # the last line
        ---

        Body  
        """;

    [Fact]
    public void OneKey_LeavesEveryOtherLine()
    {
        var card = CardDocument.Parse(Commented).WithLicense("apache-2.0");
        card.ToString().ShouldBe(Commented.Replace("license: mit  # not gpl", "license: apache-2.0  # not gpl", StringComparison.Ordinal));
        card.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Items_KeepTheirComments()
    {
        var card = CardDocument.Parse(Commented).WithTags(["peft", "new", "lora"]);
        card.ToString().ShouldBe(Commented.Replace("  - lora\n  - 'peft'   # the library\n  - old\n", "  - 'peft'   # the library\n  - new\n  - lora\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_AreRemovedAndAdded()
    {
        var card = CardDocument.Parse(Commented).WithTags([]).WithBaseModels(["a/b", "c/d"], BaseModelRelation.Merge).With("zoo", null);
        card.ToString().ShouldBe("""
            ---
            # Chosen by the lawyers
            license: mit  # not gpl
              # the end

            base_model:
            - a/b
            - c/d

            # the last line
            base_model_relation: merge
            ---

            Body  
            """);
    }

    [Fact]
    public void NoFrontMatter_GetsSome()
    {
        CardDocument.Parse("# Title\r\n").WithLicense("mit").ToString().ShouldBe("---\r\nlicense: mit\r\n---\r\n# Title\r\n");
        CardDocument.Parse("\uFEFF# Title\n").WithLicense("mit").ToString().ShouldBe("\uFEFF---\nlicense: mit\n---\n# Title\n");
        CardDocument.Parse("---\n---\nBody").WithLicense("mit").ToString().ShouldBe("---\nlicense: mit\n---\nBody");
    }

    [Fact]
    public void WindowsLineEnds_Stay()
    {
        var card = CardDocument.Parse("---\r\nlicense: mit\r\ntags:\r\n- a\r\n---\r\nBody\r\n").WithLicense("cc0-1.0").WithTags(["a", "b"]).WithTitle("T");
        card.ToString().ShouldBe("---\r\nlicense: cc0-1.0\r\ntags:\r\n- a\r\n- b\r\ntitle: T\r\n---\r\nBody\r\n");
    }

    [Theory]
    [InlineData("{license: gpl-3.0, tags: [a]}")]
    [InlineData("? license\n: gpl-3.0\n? tags\n: [a]")]
    [InlineData("x: &x gpl-3.0\nlicense: *x\ntags: [a]")]
    [InlineData("license: &x gpl-3.0\nzoo: *x\ntags: [a]")]
    [InlineData("\"license\": gpl-3.0\n'tags': [a]")]
    [InlineData("license: # none yet\n  gpl-3.0\ntags: [a]")]
    [InlineData("title: |\n  license: no\nlicense: gpl-3.0\ntags: [a]")]
    [InlineData("license:\ntags: [a]")]
    [InlineData("license:   # to do\ntags:\n- a")]
    public void UnusualSpelling_StillSaysWhatWasAskedFor(string yaml)
    {
        var before = CardDocument.Parse($"---\n{yaml}\n---\nBody");
        var after = before.WithLicense("mit").WithTags(["a", "b"]);
        after.Problems.ShouldBeEmpty();
        after.FrontMatter.License.ShouldBe("mit");
        after.FrontMatter.Tags.ShouldBe(["a", "b"]);
        after.FrontMatter.Values.Keys.ShouldBe(before.FrontMatter.Values.Keys);
        after.FrontMatter.Title.ShouldBe(before.FrontMatter.Title);
        after.Body.ShouldBe("Body");
    }

    [Fact]
    public void BrokenFrontMatter_IsNotChanged()
    {
        var card = CardDocument.Parse("---\nlicense: 'mit\n---\nBody");
        card.CanChangeKeys.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => card.WithLicense("mit"));
    }

    [Fact]
    public void Body_IsReplacedAlone()
    {
        CardDocument.Parse("---\nlicense: mit\n---").WithBody("New").ToString().ShouldBe("---\nlicense: mit\n---\nNew");
        CardDocument.Parse("Old").WithBody("New").ToString().ShouldBe("New");
    }

    [Fact]
    public void AnyText_ComesBack()
    {
        string[] pieces = ["a", "Z", " ", ": ", " #", "#", "-", "- ", "'", "\"", "\\", "\n", "\t", "no", "yes", "1", "1.5e3", "12:30", "0x1F", "2024-01-01", "~", "null", "[", "]", "{", "}", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "é", "中", "😀", "\u0085", "\u2028", "\uFEFF", "\u0007", "---", "...", "=", "<<", ".inf"];
        var texts = from count in Gen.Choose(1, 6)
                    from parts in Gen.ArrayOf(Gen.Elements(pieces), count)
                    select string.Concat(parts);
        RandomFormats.Check(texts, text =>
        {
            var value = new CardMap([new(text, new CardList([text, new CardMap([new("k", text), new(text, new CardList([text, new CardList([text])]))])]))]);
            var card = CardDocument.Parse("---\n# first\nlicense: mit # c\n---\nBody").With("zoo", value);
            card.CanChangeKeys.ShouldBeTrue(card.ToString());
            value.Says(card.FrontMatter.Values.Find("zoo")).ShouldBeTrue(card.ToString());
            card.ToString().ShouldStartWith("---\n# first\nlicense: mit # c\nzoo:\n");
        }, cases: 3000);
    }
}
