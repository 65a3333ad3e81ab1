using System.Text;
using System.Text.Json.Nodes;
using AdapterHub.Engine.Tokenizers;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class TokenStreamTests
{
    private const string Spaces = """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""";

    public static TheoryData<string> Decoders => new(Files.Keys);

    private static Dictionary<string, Func<Tokenizer>> Files { get; } = new(StringComparer.Ordinal)
    {
        ["byte-level"] = () => TinyTokenizer.Load(TinyTokenizer.Bytes("Ã ©", "ð Ł", "a b")),
        ["llama2"] = () => TinyTokenizer.Load(TinyTokenizer.Pieces("▁abé", "▁ a", "▁ ▁")),
        ["metaspace"] = () => Pieces(Spaces),
        ["none"] = () => Pieces("null"),
        ["strip both ends"] = () => Pieces("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"▁","start":2,"stop":3}]}"""),
        ["strip each token"] = () => Pieces("""{"type":"Strip","content":"a","start":1,"stop":0}"""),
        ["replace behind fuse"] = () => Pieces("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"Regex":"▁+a?"},"content":"-"}]}"""),
    };

    [Theory]
    [MemberData(nameof(Decoders))]
    public void RandomIds_StreamToTheTextOfTheWhole(string name)
    {
        var tokenizer = Files[name]();
        var ids = Gen.OneOf(Gen.Choose(-1, tokenizer.VocabularySize), Gen.Choose(0xC0, 0xF4 + 3), Gen.Choose(0x80, 0xBF + 3), Gen.Choose(258, tokenizer.VocabularySize - 1));
        AwkwardText.Check(ids.ArrayOf(), sequence =>
        {
            var stream = tokenizer.CreateStream();
            List<string> parts = [.. sequence.Select(stream.Append)];
            parts.Add(stream.Flush());
            string.Concat(parts).ShouldBe(tokenizer.Decode(sequence));
            parts.ShouldAllBe(part => IsWellFormed(part));
        });
    }

    [Fact]
    public void CharacterOverSeveralTokens_ComesWithItsLastByte()
    {
        var stream = Files["byte-level"]().CreateStream();
        foreach (var value in new[] { 0xF0, 0x9F, 0x98 })
            stream.Append(value).ShouldBe("");
        stream.Append(0x80).ShouldBe("😀");
        stream.Append(0xE2).ShouldBe("");
        stream.Append('a').ShouldBe("\uFFFDa");
        stream.Append(0xC3).ShouldBe("");
        stream.Flush().ShouldBe("\uFFFD");
    }

    [Fact]
    public void LeadingSpace_GoesOnceAndOnlyAtTheStart()
    {
        var tokenizer = Files["llama2"]();
        var word = tokenizer.FindTokenId("▁a")!.Value;
        var stream = tokenizer.CreateStream();
        stream.Append(1).ShouldBe("");
        stream.Append(word).ShouldBe("a");
        stream.Append(word).ShouldBe(" a");
        stream.Flush().ShouldBe("");
        stream.Append(word).ShouldBe("a", "a flushed stream starts afresh");
    }

    [Fact]
    public void BytesInARun_WaitForItsEnd()
    {
        var tokenizer = Files["llama2"]();
        var stream = tokenizer.CreateStream();
        stream.Append(0xC3 + 3).ShouldBe("");
        stream.Append(0xA9 + 3).ShouldBe("", "one more byte can still turn the run into replacement characters");
        stream.Append(tokenizer.FindTokenId("a")!.Value).ShouldBe("éa");
    }

    private static Tokenizer Pieces(string decoder)
    {
        var file = TinyTokenizer.Pieces("▁ab", "▁ a", "▁ ▁");
        file["decoder"] = JsonNode.Parse(decoder);
        return TinyTokenizer.Load(file);
    }

    private static bool IsWellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
