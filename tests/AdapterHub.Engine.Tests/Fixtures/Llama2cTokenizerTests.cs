using AdapterHub.Engine.Tests.Tokenizers;

namespace AdapterHub.Engine.Tests.Fixtures;

public sealed class Llama2cTokenizerTests
{
    [Fact]
    public void Tok512_EncodesAndDecodesStories()
    {
        var tokenizer = Llama2cTokenizer.Load(RepositoryFolder.Shared("fixtures", "stories260K", "tok512.bin"));
        tokenizer.VocabularySize.ShouldBe(512);
        const string text = "Once upon a time, there was a little girl named Lily. \"Hi\"\né😀";
        var ids = tokenizer.Encode(text);
        ids[0].ShouldBe(Llama2cTokenizer.Begin);
        ids.Count.ShouldBeLessThan(text.Length);
        tokenizer.Decode(ids).ShouldBe(text);
        ids.Take(5).ShouldBe([1, 403, 407, 261, 378]);
    }
}
