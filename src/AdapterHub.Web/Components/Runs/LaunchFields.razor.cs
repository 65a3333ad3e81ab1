using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>The settings of a run as fields: the few that matter most, and all others behind a fold.</summary>
public sealed partial class LaunchFields : ComponentBase
{
    [Parameter, EditorRequired] public LaunchSettings Settings { get; set; } = null!;

    /// <summary>Something that the forecast depends on is another.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    private Task TellAsync() => Changed.InvokeAsync();
}
