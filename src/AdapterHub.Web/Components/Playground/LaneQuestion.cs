using System.Globalization;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What all lanes of a plan are asked: a prompt, or one message of a chat after what the lane itself said before.</summary>
/// <param name="Turn">Of the chat, counted from 0; -1 for a prompt.</param>
/// <param name="Form">How the base model reads conversations.</param>
internal sealed record LaneQuestion(PlaygroundPlan Plan, int Turn, ConversationForm Form)
{
    /// <summary>A paragraph is an answer where turns are plain paragraphs.</summary>
    private const string ParagraphEnd = "\n\n";

    /// <summary>Equal for equal messages up to this one, whatever was answered.</summary>
    public string Key => Turn < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Plan.Blend.Base} {Plan.System}\n{string.Join('\n', Plan.Turns.Take(Turn + 1).Select(turn => $"{turn.Again}:{turn.Text}"))}");

    /// <summary>Equal for what would be answered equally by one lane.</summary>
    public string Signature => $"{Plan.Blend.Base} {Turn} {Plan.ToSampling()} {Plan.Stop} {(Turn < 0 ? Plan.Prompt : Key)}";

    public string? Prompt => Turn < 0 ? Plan.Prompt : null;

    public LaneSampling Sampling
    {
        get
        {
            var sampling = Plan.ToSampling();
            if (Turn < 0)
                return sampling;
            return sampling with
            {
                Seed = Plan.Seed + Plan.Turns[Turn].Again,
                Stop = Form == ConversationForm.Paragraphs ? [.. sampling.Stop ?? [], ParagraphEnd] : sampling.Stop,
            };
        }
    }

    /// <summary>The last question of a plan.</summary>
    public static LaneQuestion Of(PlaygroundPlan plan, ConversationForm form) => new(plan, plan.IsChat ? plan.Turns.Count - 1 : -1, form);

    /// <summary>The conversation as a lane remembers it; null for a prompt.</summary>
    public IReadOnlyList<LaneMessage>? MessagesFor(IReadOnlyList<PastTurn> pastTurns)
    {
        if (Turn < 0)
            return null;
        var messages = new List<LaneMessage>();
        if (Plan.System.Length > 0)
            messages.Add(new LaneMessage("system", Plan.System));
        foreach (var past in pastTurns.Take(Turn))
            messages.AddRange([new LaneMessage("user", past.Question), new LaneMessage("assistant", past.Answer)]);
        messages.Add(new LaneMessage("user", Plan.Turns[Turn].Text));
        return messages;
    }
}
