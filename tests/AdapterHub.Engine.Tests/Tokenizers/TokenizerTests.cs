using System.Diagnostics;
using System.Text.Json.Nodes;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class TokenizerTests
{
    [Fact]
    public void LowestRank_MergesFirstAndLeftmostAmongEquals()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Bytes("b c", "a b", "a a", "aa a"));
        tokenizer.Encode("abc").ShouldBe(['a', 256 + 0]);
        tokenizer.Encode("ab").ShouldBe([256 + 1]);
        tokenizer.Encode("aaaaa").ShouldBe([256 + 2, 256 + 3]);
    }

    [Fact]
    public void MergesAsPairs_ReadLikeMergesAsText()
    {
        var file = TinyTokenizer.Bytes("b c", "a bc");
        file["model"]!["merges"] = JsonNode.Parse("""[["b","c"],["a","bc"]]""");
        TinyTokenizer.Load(file).Encode("abcb").ShouldBe([257, 'b']);
    }

    [Fact]
    public void IgnoreMerges_TakesAWholeWordOfTheVocabularyAsItIs()
    {
        var file = TinyTokenizer.Bytes("a b", "c d");
        file["model"]!["vocab"]!["abcd"] = 258;
        TinyTokenizer.Load(file).Encode("abcd").ShouldBe([256, 257]);
        file["model"]!["ignore_merges"] = true;
        TinyTokenizer.Load(file).Encode("abcd abcde").ShouldBe([258, ' ', 256, 257, 'e']);
    }

    [Fact]
    public void SentencePieceText_GetsItsSpaceAndFallsBackToBytes()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Pieces("▁ab", "▁ a", "a b"));
        var (mark, a, b, markA, ab) = (259, 260, 261, 262, 263);
        tokenizer.Encode("a ab").ShouldBe([markA, markA, b]);
        tokenizer.Encode("bab").ShouldBe([mark, b, ab]);
        tokenizer.Encode("é a").ShouldBe([mark, 0xC3 + 3, 0xA9 + 3, markA]);
        tokenizer.Encode("<s>a").ShouldBe([1, markA]);
        tokenizer.Decode([markA, markA, b, mark, 0xC3 + 3, 0xA9 + 3]).ShouldBe("a ab é");
        tokenizer.Decode([1, a, 2], skipSpecialTokens: false).ShouldBe("<s>a</s>");
    }

    [Theory]
    [InlineData(true, new[] { 259, 0, 260 })]
    [InlineData(false, new[] { 259, 0, 0, 260 })]
    public void UnknownCharacters_FuseWhereTheModelSaysSo(bool fuses, int[] expected)
    {
        var file = TinyTokenizer.Pieces("▁a");
        file["model"]!["byte_fallback"] = false;
        file["model"]!["fuse_unk"] = fuses;
        TinyTokenizer.Load(file).Encode("éüa").ShouldBe(expected);
    }

    [Fact]
    public void WordsApart_GiveTheIdsOfTheWholeText()
    {
        // With a merge across words the text must not be encoded word by word; the pieces differ where that is overlooked.
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Pieces("▁ab", "a ▁", "a▁ b"));
        tokenizer.Encode("a b").ShouldBe([259, 263]);
    }

    [Fact]
    public void Template_SurroundsTheTextUnlessAskedNotTo()
    {
        var file = TinyTokenizer.Bytes();
        file["added_tokens"] = new JsonArray(TinyTokenizer.Added(256, "<s>"), TinyTokenizer.Added(257, "</s>"));
        file["post_processor"] = JsonNode.Parse("""
            {"type":"Sequence","processors":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true},
             {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
              "pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[256],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[257],"tokens":["</s>"]}}}]}
            """);
        var tokenizer = TinyTokenizer.Load(file);
        tokenizer.Encode("a").ShouldBe([256, 'a', 257]);
        tokenizer.Encode("").ShouldBe([256, 257]);
        tokenizer.Encode("a", addSpecialTokens: false).ShouldBe(['a']);
        tokenizer.Encode("<s>", addSpecialTokens: false, matchSpecialTokens: false).ShouldBe(['<', 's', '>']);
        tokenizer.VocabularySize.ShouldBe(258);
        tokenizer.FindTokenId("</s>").ShouldBe(257);
        tokenizer.FindTokenId("nothing").ShouldBeNull();
        tokenizer.FindToken(256).ShouldBe("<s>");
        tokenizer.FindToken(258).ShouldBeNull();
        tokenizer.IsSpecial(257).ShouldBeTrue();
        tokenizer.IsSpecial('a').ShouldBeFalse();
        tokenizer.Decode([256, 'h', 'i', 257, 99999, -1]).ShouldBe("hi");
    }

    [Fact]
    public void ByteLevel_RoundTripsEveryText()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Bytes("t h", "th e", "Ġ the", "Ã ©"));
        foreach (var text in AwkwardText.Fixed)
            tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(text);
        AwkwardText.Check(AwkwardText.Broken, text => tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(AwkwardText.AsUtf8(text)));
    }

    [Fact]
    public void SentencePiece_RoundTripsEveryTextWithoutItsOwnMark()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Pieces("▁theab", "t h", "th e", "▁ the"));
        AwkwardText.Check(
            AwkwardText.Broken.Select(text => text.Replace("<s>", "", StringComparison.Ordinal)),
            text => tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(AwkwardText.AsUtf8(text)));
    }

    [Fact]
    public void LoneSurrogates_BecomeReplacementCharacters()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Bytes());
        tokenizer.Encode("\uD83Da\uDE00").ShouldBe(tokenizer.Encode("\uFFFDa\uFFFD"));
        tokenizer.Encode("\uDE00\uD83D").ShouldBe([0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD]);
        tokenizer.Encode("\uD83D\uDE00").ShouldBe([0xF0, 0x9F, 0x98, 0x80]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MegabyteWithoutSpaces_TakesSeconds(bool byteLevel)
    {
        var tokenizer = TinyTokenizer.Load(byteLevel
            ? TinyTokenizer.Bytes("a b", "c d", "ab cd", "b a", "abcd abcd")
            : TinyTokenizer.Pieces("▁abcd", "a b", "c d", "ab cd", "b a", "abcd abcd"));
        var random = new Random(5);
        var text = string.Create(1 << 20, random, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
                target[index] = "abcd"[source.Next(4)];
        });
        var clock = Stopwatch.StartNew();
        var ids = tokenizer.Encode(text);
        // About a second on a free core; the bound only has to tell n log n from n squared, which would take minutes.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        tokenizer.Decode(ids).ShouldBe(text);
    }

    [Fact]
    public void ManyThreads_GetTheSameIds()
    {
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Bytes("t h", "th e", "Ġ the"));
        var texts = Enumerable.Range(0, 200).Select(index => $"the {index % 17} then {new string('t', index % 40)}he the").ToArray();
        var expected = texts.Select(text => tokenizer.Encode(text)).ToArray();
        var fresh = TinyTokenizer.Load(TinyTokenizer.Bytes("t h", "th e", "Ġ the"));
        var found = new int[texts.Length][];
        Parallel.For(0, texts.Length, index => found[index] = fresh.Encode(texts[index]));
        found.ShouldBe(expected);
    }
}
