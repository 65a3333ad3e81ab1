using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Fields for several values of the settings that matter most.</summary>
public sealed partial class LaunchSweep : ComponentBase
{
    private bool _isOpen;

    [Parameter, EditorRequired] public SweepChoices Choices { get; set; } = null!;

    [Parameter] public EventCallback Changed { get; set; }

    private Task TellAsync() => Changed.InvokeAsync();
}
