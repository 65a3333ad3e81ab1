using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class TokenizerSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adapterhub-").FullName;

    [Fact]
    public void TokensAsTextOrObject_AreRead()
    {
        Write("tokenizer_config.json", """
            {"bos_token":{"__type":"AddedToken","content":"<s>","lstrip":false},"eos_token":"</s>","pad_token":null,"model_max_length":4096,
             "chat_template":"{{ x }}"}
            """);
        Write("special_tokens_map.json", """{"pad_token":{"content":"<pad>"},"eos_token":"<other>"}""");
        TokenizerSettings.Read(_folder).ShouldBe(new TokenizerSettings
        {
            BosToken = "<s>", EosToken = "</s>", PadToken = "<pad>", MaximumLength = 4096, ChatTemplate = "{{ x }}",
        });
    }

    [Fact]
    public void SeveralTemplates_GiveTheDefaultOne()
    {
        Write("tokenizer_config.json", """{"model_max_length":1e30,"chat_template":[{"name":"tool_use","template":"a"},{"name":"default","template":"b"}]}""");
        TokenizerSettings.Read(_folder).ShouldBe(new TokenizerSettings { ChatTemplate = "b" });
        Write("chat_template.jinja", "c");
        TokenizerSettings.Read(_folder).ChatTemplate.ShouldBe("c");
    }

    [Fact]
    public void EmptyFolder_GivesNothing() => TokenizerSettings.Read(_folder).ShouldBe(new TokenizerSettings());

    [Fact]
    public void MalformedFile_IsNamed()
    {
        Write("tokenizer_config.json", """{"bos_token":7}""");
        Should.Throw<TokenizerFormatException>(() => TokenizerSettings.Read(_folder)).Message.ShouldContain("$.bos_token");
        Write("tokenizer_config.json", "{");
        Should.Throw<TokenizerFormatException>(() => TokenizerSettings.Read(_folder)).File.ShouldEndWith("tokenizer_config.json");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
