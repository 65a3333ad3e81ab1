using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Where a run of a blend stands: waiting, at work on what, or why it ended without a result.</summary>
public sealed partial class RunProgress(RunDesk desk, ActorAccessor actors) : DeedForm
{
    [Parameter, EditorRequired] public BlendStory Story { get; set; } = null!;

    private string Words => Story.State switch
    {
        HubRunState.Queued => "Waiting for a worker",
        HubRunState.Cancelling => "Stopping",
        HubRunState.Paused or HubRunState.Pausing => "Paused",
        _ => Sentence(Story.Phase ?? "starting").TrimEnd('.'),
    };

    private Task CancelAsync() => TryAsync(async () => await desk.CancelAsync(await actors.GetAsync(), Story.Run, default));

    private static string Sentence(string words) => words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words[1..] + (words.EndsWith('.') ? "" : ".");
}
