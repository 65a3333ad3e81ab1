using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>What the model makes of the prompts now, beside what the base model made of them. All of it is text, whatever it looks like.</summary>
public sealed partial class RunSamples : ComponentBase
{
    [Parameter, EditorRequired] public RunStory Story { get; set; } = null!;
}
