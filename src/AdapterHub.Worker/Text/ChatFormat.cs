using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Worker.Text;

/// <summary>
/// How a conversation is written down for a base model, recognised by the special tokens it has. Templates in Jinja are not run: they are programs.
/// </summary>
internal sealed class ChatFormat
{
    private static readonly ChatFormat[] Known =
    [
        // ChatML, as Qwen and SmolLM use it.
        new("chatml", "", "<|im_start|>{0}\n", "{0}<|im_end|>", "\n", "<|im_start|>", "<|im_end|>"),
        // Llama 3's model card, "prompt format".
        new("llama3", "<|begin_of_text|>", "<|start_header_id|>{0}<|end_header_id|>\n\n", "{0}<|eot_id|>", "", "<|start_header_id|>", "<|eot_id|>"),
    ];

    private readonly string _start;
    private readonly string _head;
    private readonly string _body;
    private readonly string _between;
    private readonly string[] _needs;

    private ChatFormat(string name, string start, string head, string body, string between, params string[] needs) =>
        (Name, _start, _head, _body, _between, _needs) = (name, start, head, body, between, needs);

    public string Name { get; }

    /// <summary>The format whose special tokens the tokenizer has, or null.</summary>
    public static ChatFormat? Find(Tokenizer tokenizer) => Array.Find(Known, format => format._needs.All(token => tokenizer.FindTokenId(token) is not null));

    /// <summary>What the assistant says is learnt, the end of its turn included; everything else is only read.</summary>
    public IReadOnlyList<ChatSegment> Render(IReadOnlyList<ChatMessage> messages)
    {
        var segments = new List<ChatSegment>();
        if (_start.Length > 0)
            segments.Add(new ChatSegment(_start, IsTrained: false));
        foreach (var message in messages)
        {
            segments.Add(new ChatSegment(_head.Replace("{0}", message.Role, StringComparison.Ordinal), IsTrained: false));
            segments.Add(new ChatSegment(_body.Replace("{0}", message.Content, StringComparison.Ordinal), IsTrained: message.Role == "assistant"));
            if (_between.Length > 0)
                segments.Add(new ChatSegment(_between, IsTrained: false));
        }

        return segments;
    }
}
