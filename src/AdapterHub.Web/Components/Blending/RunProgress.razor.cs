using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Where a run of a blend stands: waiting, at work on what, or why it ended without a result.</summary>
public sealed partial class RunProgress(RunDesk desk, WorkerRegistry workers, ActorAccessor actors, TimeProvider time) : DeedForm
{
    /// <summary>A worker that waits asks at least once a minute.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    private WorkersThere _workers;
    private long _asked;

    [Parameter, EditorRequired] public BlendStory Story { get; set; } = null!;

    private string Words => Story.State switch
    {
        HubRunState.Queued => "Waiting for a worker",
        HubRunState.Cancelling => "Stopping",
        HubRunState.Paused or HubRunState.Pausing => "Paused",
        _ => Sentence(Story.Phase ?? "starting").TrimEnd('.'),
    };

    protected override async Task OnParametersSetAsync()
    {
        if (Story.State != HubRunState.Queued || _asked == Story.Run)
            return;
        _asked = Story.Run;
        var actor = await actors.GetAsync();
        if (!actor.IsSignedIn)
            return;
        var here = (await workers.ListAsync(actor, default)).Where(worker => worker.LastSeenAt > time.GetUtcNow() - Silence).ToList();
        _workers = here.Count == 0 ? WorkersThere.None : here.TrueForAll(worker => worker.RunId is not null) ? WorkersThere.Busy : WorkersThere.Free;
    }

    private Task CancelAsync() => TryAsync(async () => await desk.CancelAsync(await actors.GetAsync(), Story.Run, default));

    private enum WorkersThere
    {
        Free,
        Busy,
        None,
    }

    private static string Sentence(string words) => words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words[1..] + (words.EndsWith('.') ? "" : ".");
}
