using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// One or two words about a thing: its kind, state or visibility. <see cref="Tag"/> is the one that leads somewhere.
/// <c>&lt;Badge Tone="Tone.Warning" Icon="IconName.Lock"&gt;private&lt;/Badge&gt;</c>
/// </summary>
public sealed partial class Badge : ComponentBase
{
    [Parameter] public Tone Tone { get; set; }

    [Parameter] public IconName? Icon { get; set; }

    [Parameter] public string? Title { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }
}
