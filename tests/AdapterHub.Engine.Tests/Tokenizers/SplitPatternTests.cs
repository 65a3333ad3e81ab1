using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class SplitPatternTests
{
    [Theory]
    [InlineData(WordScanner.Gpt2Regex)]
    [InlineData(WordScanner.ThreeDigitRegex)]
    [InlineData(WordScanner.OneDigitRegex)]
    public void Scanner_CutsAsItsExpressionDoes(string regex)
    {
        var scanner = WordScanner.FindFor(regex).ShouldNotBeNull();
        var general = new RegexPattern(regex);
        foreach (var text in AwkwardText.Fixed)
            Matches(scanner, text).ShouldBe(Matches(general, text));
        AwkwardText.Check(AwkwardText.Any, text => Matches(scanner, text).ShouldBe(Matches(general, text)), tests: 1000);
    }

    [Fact]
    public void Gpt2_CutsByHandWorkedExamples()
    {
        Cut(WordScanner.Gpt2, "Don't  stop 12345!!\n\n x").ShouldBe(["Don", "'t", " ", " stop", " 12345", "!!", "\n\n", " x"]);
        Cut(WordScanner.Gpt2, "DON'T a ").ShouldBe(["DON", "'", "T", " a", " "]);
        Cut(WordScanner.Gpt2, "a𝐀𠀀😀b").ShouldBe(["a𝐀𠀀", "😀", "b"]);
    }

    [Fact]
    public void Llama_CutsByHandWorkedExamples()
    {
        Cut(WordScanner.ThreeDigits, "DON'T  stop 12345!!\n\n x").ShouldBe(["DON", "'T", " ", " stop", " ", "123", "45", "!!\n\n", " x"]);
        Cut(WordScanner.OneDigit, "12 'ſa \r\n \t\n  b(c)").ShouldBe(["1", "2", " '", "ſa", " \r\n \t\n", " ", " b", "(c", ")"]);
        Cut(WordScanner.OneDigit, "a'ſb").ShouldBe(["a", "'ſ", "b"]);
        Cut(WordScanner.ThreeDigits, "😀𝐀 𝟘𝟙𝟚𝟛").ShouldBe(["😀𝐀", " ", "𝟘𝟙𝟚", "𝟛"]);
    }

    // Each pair was checked against Oniguruma through huggingface/tokenizers 0.23.
    [Theory]
    [InlineData(@"\p{N}{1,3}+", "12345", "12345")]
    [InlineData(@"\p{N}{,2}", "12345", "12|34|5")]
    [InlineData(@" ?+\p{L}++", "ab c", "ab| c")]
    [InlineData(@"(?i:'s|'t)", "'S'ſ't", "'S|'ſ|'t")]
    [InlineData(@"[^\r\n\p{L}]", "a😀\n", "😀")]
    [InlineData(@"\w+", "a²b Ⓐ𝐀🄰\u200d", "a²b|Ⓐ𝐀🄰")]
    [InlineData(@"[\w]+", "a²b", "a|b")]
    [InlineData(@"\W+", "a²\u200db", "\u200d")]
    [InlineData(@"\h+", "xAf09g", "Af09")]
    [InlineData(@"^.|.$", "ab\ncd", "a|b|c|d")]
    [InlineData(@"[一-龥]+", "a漢字𠀀b", "漢字")]
    [InlineData(@"\x{2581}\x41|\'", "▁A'", "▁A|'")]
    [InlineData(@"[a-c[x-z]]+", "abxyd", "abxy")]
    [InlineData(@"\p{^Lu}+|\P{Ll}", "aB", "a|B")]
    public void Expression_MatchesAsInOniguruma(string oniguruma, string text, string expected) =>
        Cut(new RegexPattern(oniguruma), text).ShouldBe(expected.Split('|'));

    [Theory]
    [InlineData(@"\p{Han}", "property {Han}")]
    [InlineData(@"[a&&[^b]]", "intersection")]
    [InlineData(@"[[:alpha:]]", "POSIX")]
    [InlineData(@"(a)\1", @"the escape \1")]
    [InlineData(@"\K", @"the escape \K")]
    [InlineData(@"(?~a)", "kind of group")]
    [InlineData(@"[😀]", "beyond U+FFFF")]
    [InlineData(@"(?i:straße)", "ligature")]
    [InlineData(@"(a", "bracket")]
    [InlineData(@"[a", "bracket")]
    [InlineData(@"a)", "bracket")]
    [InlineData(@"*", "quantifier")]
    public void UntranslatableExpression_IsRefused(string oniguruma, string says) =>
        Should.Throw<FormatException>(() => new RegexPattern(oniguruma)).Message.ShouldContain(says);

    [Fact]
    public void EmptyMatches_CutBetweenCharacters()
    {
        var grouped = Pieces(new PatternSplit(new RegexPattern(@"(?=(\p{N}{3})+(?!\p{N}))"), SplitBehavior.Isolated), "x1234567");
        grouped.ShouldBe(["x1", "234", "567"]);
    }

    [Theory]
    [InlineData("Removed", false, "the|final|countdown")]
    [InlineData("Isolated", false, "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", false, "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", false, "the|-final|-|-countdown")]
    [InlineData("Contiguous", false, "the|-|final|--|countdown")]
    [InlineData("Removed", true, "-|-|-")]
    [InlineData("MergedWithNext", true, "the-|final-|-|countdown")]
    public void Behaviour_PlacesTheDelimiters(string behavior, bool invert, string expected) =>
        Pieces(new PatternSplit(new LiteralPattern("-"), Enum.Parse<SplitBehavior>(behavior), invert), "the-final--countdown").ShouldBe(expected.Split('|'));

    [Fact]
    public void Metaspace_MarksByScheme()
    {
        Pieces(new MetaspaceSplit("▁", PrependScheme.Always, split: true), "a  b").ShouldBe(["▁a", "▁", "▁b"]);
        Pieces(new MetaspaceSplit("▁", PrependScheme.Never, split: false), "a b").ShouldBe(["a▁b"]);
        Pieces(new MetaspaceSplit("▁", PrependScheme.First, split: true), " a").ShouldBe(["▁a"]);
        Pieces(new MetaspaceSplit("▁", PrependScheme.First, split: true), "a", atStart: false).ShouldBe(["a"]);
    }

    [Fact]
    public void Whitespace_SeparatesWordsFromTheRest() =>
        Pieces(new PatternSplit(new WordPattern(), SplitBehavior.Removed, invert: true), "don't𝐀  (x)\u200d…").ShouldBe(["don", "'", "t𝐀", "(", "x", ")", "\u200d", "…"]);

    private static List<(int, int)> Matches(TextPattern pattern, string text)
    {
        var found = new List<(int, int)>();
        pattern.ForEachMatch(text, (start, end) => found.Add((start, end)));
        return found;
    }

    private static string[] Cut(TextPattern pattern, string text) => [.. Matches(pattern, text).Where(match => match.Item2 > match.Item1).Select(match => text[match.Item1..match.Item2])];

    private static string[] Pieces(PreTokenizer step, string text, bool atStart = true)
    {
        var found = new List<string>();
        step.Split(TextPiece.Whole(text, atStart), (in TextPiece piece) => found.Add(piece.Span.ToString()));
        return [.. found];
    }
}
