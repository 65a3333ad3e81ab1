using AdapterHub.Web.Inference;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The messages of a chat: to be changed, answered again, or cleared. What comes after a changed message was said to other answers, so it goes.</summary>
public sealed partial class ChatTurns : ComponentBase
{
    private int? _editing;
    private string _edited = "";

    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    [Parameter] public ConversationForm? Form { get; set; }

    /// <summary>Other messages, to be answered at once.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    /// <summary>Settings, which count with the next message.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Set { get; set; }

    private string FormWords => Form switch
    {
        ConversationForm.Template => "Messages are written in the base model's own chat template.",
        ConversationForm.ChatMl => "The base model has no chat template but knows the marks of ChatML, in which messages are written.",
        ConversationForm.Paragraphs => "The base model has no chat template: messages and answers are plain paragraphs in turn, and an answer ends with its paragraph.",
        _ => "",
    };

    private Task AskAsync(int place, ChatTurn turn)
    {
        _editing = null;
        return Changed.InvokeAsync(Plan with { Turns = [.. Plan.Turns.Take(place), turn] });
    }
}
