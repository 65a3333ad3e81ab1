using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Expected texts are what the models' own templates write; the templates here are cut down to the marks they are told by.</summary>
public sealed class ChatFormatTests
{
    private static readonly ChatMessage[] Talk = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "Hello."), new("user", "Bye")];

    [Fact]
    public void NoTemplate_MeansChatMl() =>
        ChatFormat.For(new TokenizerSettings()).Render(Talk).ShouldBe(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");

    [Fact]
    public void ChatMlWithASystemMessageOfItsOwn_WritesItWhereNoneIsGiven()
    {
        var format = ChatFormat.For(new TokenizerSettings
        {
            ChatTemplate = @"{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}{{ '<|im_start|>' + message['role'] }}",
        });
        format.Render([Talk[1]], addGenerationPrompt: false).ShouldBe("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n");
        format.Render([Talk[0], Talk[1]], addGenerationPrompt: false).ShouldStartWith("<|im_start|>system\nBe brief.<|im_end|>");
    }

    [Fact]
    public void Llama3_HeadsEveryTurnAndTrims()
    {
        var settings = new TokenizerSettings { BosToken = "<|begin_of_text|>", ChatTemplate = "{{ '<|start_header_id|>' + message['role'] }}" };
        ChatFormat.For(settings).Render([new("user", " Hi ")]).ShouldBe(
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
        ChatFormat.For(settings with { ChatTemplate = settings.ChatTemplate + "Cutting Knowledge Date" }).Render(Talk[..2], false).ShouldBe(
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>");
    }

    [Fact]
    public void Llama2_BracketsTheUserAndRepeatsTheBeginning()
    {
        var format = ChatFormat.For(Sentences("{{ bos_token + '[INST] ' + '<<SYS>>' + ' [/INST]' }}"));
        format.Name.ShouldBe("llama2");
        format.Render(Talk).ShouldBe("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST]");
    }

    [Fact]
    public void Mistral_FollowsTheSpacesOfItsTemplate()
    {
        ChatFormat.For(Sentences("{{ bos_token }}{{ '[INST] ' + message['content'] + ' [/INST]' }}{{ message['content'] + eos_token }}")).Render(Talk[1..])
            .ShouldBe("<s>[INST] Hi [/INST]Hello.</s>[INST] Bye [/INST]");
        ChatFormat.For(Sentences("""{%- if loop.last and system_message is defined %}{{- "[INST] " + x + "[/INST]" }}{{- " " + message["content"] + eos_token }}""")).Render(Talk)
            .ShouldBe("<s>[INST] Hi[/INST] Hello.</s>[INST] Be brief.\n\nBye[/INST]");
    }

    [Fact]
    public void Zephyr_EndsTurnsWithTheEndOfText() =>
        ChatFormat.For(Sentences("{{ '<|user|>\n' + message['content'] + eos_token }}")).Render(Talk[1..3])
            .ShouldBe("<|user|>\nHi</s>\n<|assistant|>\nHello.</s>\n<|assistant|>\n");

    [Fact]
    public void Segments_TrainTheRepliesAndTheirEnd()
    {
        var segments = ChatFormat.ChatMl.RenderSegments(Talk);
        segments.Where(segment => segment.IsTrained).Select(segment => segment.Text).ShouldBe(["Hello.<|im_end|>"]);
        string.Concat(segments.Select(segment => segment.Text)).ShouldBe(ChatFormat.ChatMl.Render(Talk, addGenerationPrompt: false));
        ChatFormat.ChatMl.EndOfReply.ShouldBe("<|im_end|>");
    }

    [Fact]
    public void UnknownTemplate_IsRefusedWithTheKnownOnes() =>
        Should.Throw<TokenizerFormatException>(() => ChatFormat.For(new TokenizerSettings { ChatTemplate = "{{ '### Human: ' }}" })).Message.ShouldContain("Zephyr");

    [Fact]
    public void MissingSpecialToken_IsNamed() =>
        Should.Throw<TokenizerFormatException>(() => ChatFormat.For(new TokenizerSettings { ChatTemplate = "[INST]" })).Message.ShouldContain("bos_token");

    [Fact]
    public void ConversationThatTheFormatCannotSay_IsRefused()
    {
        var mistral = ChatFormat.For(Sentences("[INST]"));
        Should.Throw<ArgumentException>(() => mistral.Render([Talk[2]])).Message.ShouldContain("user first");
        Should.Throw<ArgumentException>(() => ChatFormat.ChatMl.Render([new("tool", "x")])).Message.ShouldContain("\"tool\"");
        Should.Throw<ArgumentException>(() => ChatFormat.ChatMl.Render([]));
    }

    private static TokenizerSettings Sentences(string template) => new() { BosToken = "<s>", EosToken = "</s>", ChatTemplate = template };
}
