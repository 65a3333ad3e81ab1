using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.StyleGuide;

/// <summary>Buttons, fields, dialogs, toasts.</summary>
public sealed partial class Controls(Toasts toasts) : ComponentBase
{
    private ConfirmDialog _confirm = default!;
    private string _answer = "Not asked yet.";

    private async Task AskAsync() => _answer = await _confirm.AskAsync() ? "Confirmed." : "Cancelled.";
}
