using System.Text.RegularExpressions;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// Writes a conversation the way a model was trained to read it. Templates are Jinja programs; the usual ones are told apart by the marks they
/// write, and rendered here. The text holds the special tokens written out: encode it with <c>addSpecialTokens: false</c>.
/// </summary>
public abstract partial class ChatFormat
{
    private const string Supported =
        "ChatML (<|im_start|>), Llama 3 (<|start_header_id|>), Llama 2 (<<SYS>>), Mistral ([INST]), Zephyr (<|user|> with the end-of-text token)";

    private protected ChatFormat(string name) => Name = name;

    /// <summary>For a base without a template of its own.</summary>
    public static ChatFormat ChatMl { get; } = new HeaderFormat("chatml") { Open = "<|im_start|>{0}\n", Close = "<|im_end|>", Between = "\n" };

    /// <summary>chatml, llama3, llama2, mistral or zephyr.</summary>
    public string Name { get; }

    /// <summary>The text that ends an assistant's turn; generation stops where it begins.</summary>
    public abstract string EndOfReply { get; }

    /// <summary>The format that a model's template writes; ChatML where it has none.</summary>
    /// <exception cref="TokenizerFormatException">The template writes none of the known formats, or needs a special token that is not named.</exception>
    public static ChatFormat For(TokenizerSettings settings)
    {
        var template = settings.ChatTemplate;
        if (template is null)
            return ChatMl;
        if (Writes("<|im_start|>"))
            return new HeaderFormat("chatml") { Open = "<|im_start|>{0}\n", Close = "<|im_end|>", Between = "\n", DefaultSystem = FindDefaultSystem(template) };
        if (Writes("<|start_header_id|>"))
            return HeaderFormat.Llama3(Required(settings.BosToken, "bos_token"), Writes("Cutting Knowledge Date"));
        if (Writes("[INST]"))
            return new InstructionFormat(template, Required(settings.BosToken, "bos_token"), Required(settings.EosToken, "eos_token"));
        if (Writes("<|user|>") && Writes("eos_token"))
            return new HeaderFormat("zephyr") { Open = "<|{0}|>\n", Close = Required(settings.EosToken, "eos_token"), Between = "\n" };
        throw new TokenizerFormatException("tokenizer_config.json", "$.chat_template", $"the template is none of the supported ones: {Supported}.");

        bool Writes(string mark) => template.Contains(mark, StringComparison.Ordinal);
    }

    /// <summary>A conversation in stretches: the model learns to write what the assistant says and the end of its turn.</summary>
    /// <exception cref="ArgumentException">No message, a role other than system, user and assistant, or an order that the format cannot say.</exception>
    public abstract IReadOnlyList<ChatSegment> RenderSegments(IReadOnlyList<ChatMessage> messages);

    /// <summary>A conversation as one text, ready for the assistant's next turn where <paramref name="addGenerationPrompt"/> says so.</summary>
    /// <inheritdoc cref="RenderSegments"/>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true) =>
        string.Concat(RenderSegments(messages).Select(segment => segment.Text)) + (addGenerationPrompt ? GenerationPrompt : "");

    private protected abstract string GenerationPrompt { get; }

    private protected static void Check(IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count == 0)
            throw new ArgumentException("A conversation needs at least one message.", nameof(messages));
        for (var index = 0; index < messages.Count; index++)
        {
            if (messages[index].Role is not ("system" or "user" or "assistant"))
                throw new ArgumentException($"Message {index} has the role \"{messages[index].Role}\"; supported: system, user, assistant.", nameof(messages));
        }
    }

    private static string Required(string? token, string name) =>
        token ?? throw new TokenizerFormatException("tokenizer_config.json", "$", $"\"{name}\" is missing, and the chat template needs it.");

    // Qwen and SmolLM write a system message of their own where the conversation has none.
    private static string? FindDefaultSystem(string template) =>
        DefaultSystemPattern().Match(template) is { Success: true } match ? match.Groups["text"].Value.Replace("\\n", "\n", StringComparison.Ordinal) : null;

    [GeneratedRegex(
        @"<\|im_start\|>system\\n(?<text>[^'""{}<>]+?)<\|im_end\|>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefaultSystemPattern();
}

/// <summary>Formats in which every message has a header with its role, and an end.</summary>
internal sealed class HeaderFormat(string name) : ChatFormat(name)
{
    /// <summary>Header of a message; {0} is the role.</summary>
    public required string Open { get; init; }

    public required string Close { get; init; }

    /// <summary>Follows the end of a message; not the model's to write.</summary>
    public string Between { get; init; } = "";

    public string Begin { get; init; } = "";

    public bool Trims { get; init; }

    /// <summary>System message of a conversation that has none.</summary>
    public string? DefaultSystem { get; init; }

    /// <summary>Stands in front of every system message.</summary>
    public string SystemPrefix { get; init; } = "";

    public override string EndOfReply => Close;

    private protected override string GenerationPrompt => Header("assistant");

    /// <param name="dated">Llama 3.1 and later date every conversation. The date is the one their templates fall back to when given none.</param>
    public static HeaderFormat Llama3(string begin, bool dated) => new("llama3")
    {
        Open = "<|start_header_id|>{0}<|end_header_id|>\n\n",
        Close = "<|eot_id|>",
        Begin = begin,
        Trims = true,
        DefaultSystem = dated ? "" : null,
        SystemPrefix = dated ? "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n" : "",
    };

    public override IReadOnlyList<ChatSegment> RenderSegments(IReadOnlyList<ChatMessage> messages)
    {
        Check(messages);
        var segments = new List<ChatSegment> { new(Begin, false) };
        if (DefaultSystem is not null && messages[0].Role != "system")
            messages = [new ChatMessage("system", DefaultSystem), .. messages];
        foreach (var message in messages)
        {
            var content = (message.Role == "system" ? SystemPrefix : "") + (Trims ? message.Content.Trim() : message.Content);
            segments.Add(new ChatSegment(Header(message.Role), false));
            segments.Add(new ChatSegment(content + Close, message.Role == "assistant"));
            segments.Add(new ChatSegment(Between, false));
        }

        return [.. segments.Where(segment => segment.Text.Length > 0)];
    }

    private string Header(string role) => Open.Replace("{0}", role, StringComparison.Ordinal);
}
