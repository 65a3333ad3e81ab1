using System.Text;
using System.Text.Json.Nodes;
using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Files that cannot be read name the place, the value and what is supported.</summary>
public sealed class TokenizerFormatTests
{
    [Theory]
    [InlineData("version", "\"2.0\"", "$.version", "1.0")]
    [InlineData("normalizer", """{"type":"Nmt"}""", "$.normalizer.type", "NFC")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"BertNormalizer"}]}""", "$.normalizer.normalizers[1].type", "\"BertNormalizer\"")]
    [InlineData("pre_tokenizer", """{"type":"BertPreTokenizer"}""", "$.pre_tokenizer.type", "Metaspace")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\p{Han}"},"behavior":"Isolated","invert":false}""", "$.pre_tokenizer.pattern.Regex", "{Han}")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"String":"x"},"behavior":"Upwards","invert":false}""", "$.pre_tokenizer.behavior", "Contiguous")]
    [InlineData("pre_tokenizer", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"last"}""", "$.pre_tokenizer.prepend_scheme", "first, never, always")]
    [InlineData("decoder", """{"type":"WordPiece"}""", "$.decoder.type", "ByteFallback")]
    [InlineData("decoder", """{"type":"Strip","content":"ab","start":0,"stop":0}""", "$.decoder.content", "one character")]
    [InlineData("post_processor", """{"type":"BertProcessing"}""", "$.post_processor.type", "TemplateProcessing")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}""", "$.post_processor.single[0].SpecialToken.id", "<s>")]
    [InlineData("added_tokens", """[{"id":7,"content":"<x>"}]""", "$.added_tokens[0].id", "256")]
    [InlineData("added_tokens", """[{"id":256}]""", "$.added_tokens[0]", "\"content\" is missing")]
    [InlineData("model", """{"type":"Unigram","vocab":[]}""", "$.model.type", "BPE")]
    [InlineData("model", "7", "$.model", "an object")]
    public void UnsupportedPart_IsNamed(string member, string value, string path, string says)
    {
        var file = TinyTokenizer.Bytes();
        file[member] = JsonNode.Parse(value);
        ShouldRefuse(file, path, says);
    }

    [Theory]
    [InlineData("continuing_subword_prefix", "\"##\"", "$.model.continuing_subword_prefix", "##")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "$.model.end_of_word_suffix", "</w>")]
    [InlineData("dropout", "0.1", "$.model.dropout", "0.1")]
    [InlineData("merges", """["a b c"]""", "$.model.merges[0]", "pair")]
    [InlineData("merges", """["a b"]""", "$.model.merges[0]", "\"ab\"")]
    [InlineData("vocab", """{"a":-1}""", "$.model.vocab.a", "-1")]
    [InlineData("vocab", """{"a":99999999}""", "$.model.vocab.a", "99999999")]
    public void UnsupportedModel_IsNamed(string member, string value, string path, string says)
    {
        var file = TinyTokenizer.Bytes();
        file["model"]![member] = JsonNode.Parse(value);
        ShouldRefuse(file, path, says);
    }

    [Fact]
    public void EmptyAffixesAndNoDropout_AreFine()
    {
        var file = TinyTokenizer.Bytes();
        file["model"]!["continuing_subword_prefix"] = "";
        file["model"]!["dropout"] = 0.0;
        TinyTokenizer.Load(file).Encode("a").ShouldBe(['a']);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"version":"1.0","model":{"type":"BPE","vocab":{"\ud800":1},"merges":[]}}""")]
    public void BrokenJson_IsSaidToBe(string json) =>
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json), "broken.json")).Message.ShouldStartWith("broken.json: ");

    private static void ShouldRefuse(JsonObject file, string path, string says)
    {
        var error = Should.Throw<TokenizerFormatException>(() => TinyTokenizer.Load(file));
        error.JsonPath.ShouldBe(path);
        error.Message.ShouldContain(says);
        error.Message.ShouldStartWith("tiny.json: ");
    }
}
