using System.Text.Json.Nodes;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Tokens found in the text before the model sees it. Ids from 256 up, in the order given.</summary>
public sealed class AddedTokenTests
{
    [Fact]
    public void LongestToken_WinsAmongThoseThatStartTogether() =>
        Encode("<a><ab>", TinyTokenizer.Added(256, "<a"), TinyTokenizer.Added(257, "<a>"), TinyTokenizer.Added(258, "<ab>")).ShouldBe([257, 258]);

    [Fact]
    public void Stripping_TakesTheWhiteSpaceBesideTheToken() =>
        Encode("x \t<l> <r> \n<b> y", TinyTokenizer.Added(256, "<l>", left: true), TinyTokenizer.Added(257, "<r>", right: true), TinyTokenizer.Added(258, "<b>", left: true, right: true))
            .ShouldBe(['x', 256, ' ', 257, 258, 'y']);

    [Fact]
    public void SingleWord_DoesNotMatchInsideAWord() =>
        Encode("be, before be be\u0301 𝐀be be", TinyTokenizer.Added(256, "be", word: true))
            .ShouldBe([256, .. ", before "u8.ToArray().Select(value => (int)value), 256, .. " be\u0301 𝐀be "u8.ToArray().Select(value => (int)value), 256]);

    [Fact]
    public void NormalizedToken_MatchesTheNormalizedText()
    {
        Encode("A Day DAY", true, TinyTokenizer.Added(256, "Day", special: false, normalized: true)).ShouldBe(['a', ' ', 256, ' ', 256]);
        Encode("A Day DAY", true, TinyTokenizer.Added(256, "Day", special: false)).ShouldBe(['a', ' ', 256, ' ', 'd', 'a', 'y']);
    }

    [Fact]
    public void TokenOfTheVocabulary_KeepsItsIdThere()
    {
        var file = TinyTokenizer.Bytes("a b");
        file["added_tokens"] = new JsonArray(TinyTokenizer.Added(256, "ab"), TinyTokenizer.Added(257, "<x>"));
        TinyTokenizer.Load(file).Encode("a b ab<x>").ShouldBe(['a', ' ', 'b', ' ', 256, 257]);
    }

    private static int[] Encode(string text, params JsonObject[] tokens) => Encode(text, false, tokens);

    private static int[] Encode(string text, bool lowercase, params JsonObject[] tokens)
    {
        var file = TinyTokenizer.Bytes();
        file["added_tokens"] = new JsonArray([.. tokens]);
        if (lowercase)
            file["normalizer"] = JsonNode.Parse("""{"type":"Lowercase"}""");
        return TinyTokenizer.Load(file).Encode(text);
    }
}
