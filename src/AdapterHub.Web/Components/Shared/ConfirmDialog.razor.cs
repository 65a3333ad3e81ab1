using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Asks before something that cannot be taken back: <c>if (await _confirm.AskAsync()) ...</c> with <c>&lt;ConfirmDialog @ref="_confirm" ... /&gt;</c>.
/// With a <see cref="TypedWord"/>, such as the repository's name, the answer has to be typed.
/// </summary>
public sealed partial class ConfirmDialog(IJSRuntime script) : ComponentBase
{
    private readonly string _id = "confirm-" + Guid.NewGuid().ToString("N")[..8];
    private ElementReference _dialog;
    private TaskCompletionSource<bool>? _asked;
    private string _typed = "";
    private bool _isOpening;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    /// <summary>The deed, as a verb: "Delete", "Make public".</summary>
    [Parameter] public string ConfirmWord { get; set; } = "Confirm";

    [Parameter] public string CancelWord { get; set; } = "Cancel";

    [Parameter] public bool IsDangerous { get; set; }

    [Parameter] public string? TypedWord { get; set; }

    /// <summary>What will happen, and what will not.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    private bool MayAccept => TypedWord is null || string.Equals(_typed.Trim(), TypedWord, StringComparison.Ordinal);

    /// <summary>Opens the dialog; true if the deed was confirmed, false if it was cancelled or closed.</summary>
    public async Task<bool> AskAsync()
    {
        _asked?.TrySetResult(false);
        var asked = _asked = new TaskCompletionSource<bool>();
        _typed = "";
        _isOpening = true;
        StateHasChanged();
        return await asked.Task;
    }

    /// <summary>Opened with its content, so that the browser puts the focus on the first thing in it.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isOpening)
            return;
        _isOpening = false;
        await script.InvokeVoidAsync("AdapterHub.openDialog", _dialog);
    }

    private Task Accept() => MayAccept ? AnswerAsync(true) : Task.CompletedTask;

    private Task Refuse() => AnswerAsync(false);

    /// <summary>Escape closes the dialog in the browser, without a button.</summary>
    private Task Closed() => AnswerAsync(false);

    private async Task AnswerAsync(bool answer)
    {
        if (_asked is not { } asked)
            return;
        _asked = null;
        await script.InvokeVoidAsync("AdapterHub.closeDialog", _dialog);
        asked.TrySetResult(answer);
    }
}
