using System.Text;
using AdapterHub.Engine.Tokenizers.Normalizing;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class UnicodeNormalizationTests
{
    private const NormalizationForm C = NormalizationForm.FormC, D = NormalizationForm.FormD, KC = NormalizationForm.FormKC, KD = NormalizationForm.FormKD;

    // Examples of UAX 15 (figures 3 to 6) and of its test suite: source, then NFC, NFD, NFKC, NFKD.
    [Theory]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u1E69", "\u1E69", "s\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307", "d\u0323\u0307", "\u1E0D\u0307", "d\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u1E9B", "\u1E9B", "\u017F\u0307", "\u1E61", "s\u0307")]
    [InlineData("각", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("가\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\U0001D400\U0001D15E", "\U0001D400\U0001D157\U0001D165", "\U0001D400\U0001D157\U0001D165", "A\U0001D157\U0001D165", "A\U0001D157\U0001D165")]
    [InlineData("a\u0300\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0300\u0315\u0062", "a\u05AE\u0300\u0300\u0315b", "\u00E0\u05AE\u0300\u0315\u0062", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE")]
    public void Examples_OfTheStandard(string source, string c, string d, string kc, string kd)
    {
        UnicodeNormalization.Normalize(source, C).ShouldBe(c);
        UnicodeNormalization.Normalize(source, D).ShouldBe(d);
        UnicodeNormalization.Normalize(source, KC).ShouldBe(kc);
        UnicodeNormalization.Normalize(source, KD).ShouldBe(kd);
    }

    [Fact]
    public void InvariantRuntime_DoesNotNormalizeItself() =>
        "e\u0301".Normalize(C).ShouldBe("e\u0301", "once the runtime normalizes in invariant mode, UnicodeNormalization can go");

    [Fact]
    public void Forms_AgreeWithOneAnother() => AwkwardText.Check(AwkwardText.Any, text =>
    {
        string Form(string source, NormalizationForm form) => UnicodeNormalization.Normalize(source, form);
        // UAX 15, section 1.3: the invariants of its conformance test.
        Form(Form(text, D), C).ShouldBe(Form(text, C));
        Form(Form(text, C), D).ShouldBe(Form(text, D));
        Form(Form(text, KD), KC).ShouldBe(Form(text, KC));
        Form(Form(text, C), KC).ShouldBe(Form(text, KC));
        Form(Form(text, KC), KD).ShouldBe(Form(text, KD));
        Form(Form(text, KC), C).ShouldBe(Form(text, KC));
    });

    [Fact]
    public void Lowercase_FollowsRustNotTheFinalSigmaRule() =>
        new Lowercase().Normalize("ΑΣ İSTANBUL 𐐀").ShouldBe("ας".Replace('ς', 'σ') + " i\u0307stanbul 𐐨");

    [Fact]
    public void Steps_RewriteAsNamed()
    {
        new Strip(true, false).Normalize("\u3000 a ").ShouldBe("a ");
        new Prepend("▁").Normalize("").ShouldBe("");
        new Replace(new AdapterHub.Engine.Tokenizers.Splitting.RegexPattern(@" {2,}"), "_").Normalize("a  b   c d").ShouldBe("a_b_c d");
    }

    [Fact]
    public void LoneSurrogates_AreReplacedAndPairsKept() =>
        AwkwardText.Check(AwkwardText.Broken, text => WellFormedText.Of(text).ShouldBe(AwkwardText.AsUtf8(text)));
}
