using AdapterHub.Web.Inference;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Playground;

/// <summary>What the lanes are asked: a text to be continued, or a chat.</summary>
public sealed partial class PromptPanel : ComponentBase
{
    /// <summary>At first; from then on the reader opens and closes it.</summary>
    private bool _isMeasuring;

    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    /// <summary>How the base model reads conversations; null while there is none.</summary>
    [Parameter] public ConversationForm? Form { get; set; }

    /// <summary>Full names of datasets whose text can be measured.</summary>
    [Parameter] public IReadOnlyList<string> Datasets { get; set; } = [];

    [Parameter] public bool IsWriting { get; set; }

    [Parameter] public bool CanWrite { get; set; }

    /// <summary>What is asked was written, and would be something else by another seed.</summary>
    [Parameter] public bool CanRepeat { get; set; }

    [Parameter] public bool CanMeasure { get; set; }

    /// <summary>Other settings, which count with the next question.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    /// <summary>Other messages of the chat, to be answered at once.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Asked { get; set; }

    /// <summary>The field keeps what is typed; the address follows with the question.</summary>
    [Parameter] public EventCallback<string> Typed { get; set; }

    [Parameter] public EventCallback Write { get; set; }

    /// <summary>Asks the same by another seed.</summary>
    [Parameter] public EventCallback Repeat { get; set; }

    [Parameter] public EventCallback Stop { get; set; }

    [Parameter] public EventCallback Measure { get; set; }

    protected override void OnInitialized() => _isMeasuring = Plan.MeasuredText.Length > 0 || Plan.MeasuredFrom is not null;

    private Task TypedAsync(string? text) => Typed.InvokeAsync(text ?? "");

    private Task TalkAsync(bool isChat) => isChat == Plan.IsChat ? Task.CompletedTask : Changed.InvokeAsync(Plan with { IsChat = isChat, Turns = [] });

    private Task KeyAsync(KeyboardEventArgs key) =>
        key is { Key: "Enter", CtrlKey: true } or { Key: "Enter", MetaKey: true } ? Write.InvokeAsync() : Task.CompletedTask;
}
