using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>The [INST] formats: the user's turns in brackets, the system message inside one of them, replies bare.</summary>
internal sealed class InstructionFormat : ChatFormat
{
    private readonly string _begin;
    private readonly string _end;
    private readonly bool _llama2;
    private readonly string _open;
    private readonly string _close;
    private readonly string _beforeReply;
    private readonly string _afterReply;
    private readonly bool _systemLast;

    /// <param name="template">The versions of Mistral's template differ in their spaces and in where the system message goes; it is asked for both.</param>
    public InstructionFormat(string template, string begin, string end)
        : base(template.Contains("<<SYS>>", StringComparison.Ordinal) ? "llama2" : "mistral")
    {
        (_begin, _end, _llama2) = (begin, end, Name == "llama2");
        _open = HasAny("\" [INST] ", "' [INST] ") ? " [INST] " : "[INST] ";
        _close = _llama2 || HasAny(" [/INST]") ? " [/INST]" : "[/INST]";
        _beforeReply = _llama2 || HasAny("' ' + message['content']", "\" \" + message[\"content\"]", "' ' + message[\"content\"]") ? " " : "";
        _afterReply = !_llama2 && HasAny("eos_token + ' '", "eos_token + \" \"", "eos_token+' '") ? " " : "";
        _systemLast = HasAny("loop.last and system_message");

        bool HasAny(params ReadOnlySpan<string> marks)
        {
            foreach (var mark in marks)
            {
                if (template.Contains(mark, StringComparison.Ordinal))
                    return true;
            }

            return false;
        }
    }

    public override string EndOfReply => _end;

    // The user's turn has already closed with the mark the model answers to.
    private protected override string GenerationPrompt => "";

    public override IReadOnlyList<ChatSegment> RenderSegments(IReadOnlyList<ChatMessage> messages)
    {
        Check(messages);
        var system = messages[0].Role == "system" ? messages[0].Content : null;
        var turns = messages.Skip(system is null ? 0 : 1).ToArray();
        for (var index = 0; index < turns.Length; index++)
        {
            if (turns[index].Role != (index % 2 == 0 ? "user" : "assistant"))
                throw new ArgumentException($"The {Name} format takes an optional system message, then user and assistant in turn, the user first.", nameof(messages));
        }

        var carrier = _systemLast ? (turns.Length - 1) / 2 * 2 : 0;
        var segments = new List<ChatSegment>();
        for (var index = 0; index < turns.Length; index++)
        {
            var content = index == carrier && system is not null ? WithSystem(system, turns[index].Content) : turns[index].Content;
            if (_llama2)
                content = content.Trim();
            var begin = index == 0 || (_llama2 && index % 2 == 0) ? _begin : "";
            segments.Add(index % 2 == 0
                ? new ChatSegment(begin + _open + content + _close, false)
                : new ChatSegment(_beforeReply + content + (_llama2 ? " " : "") + _end, true));
            if (index % 2 == 1 && _afterReply.Length > 0)
                segments.Add(new ChatSegment(_afterReply, false));
        }

        return segments;
    }

    private string WithSystem(string system, string content) => _llama2 ? $"<<SYS>>\n{system}\n<</SYS>>\n\n{content}" : $"{system}\n\n{content}";
}
