using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Follows a run of a blend: what its log has when the page is drawn, then every event as it comes.</summary>
public sealed partial class BlendRun(RunReader reader, ActorAccessor actors, TimeProvider time) : ComponentBase, IDisposable
{
    /// <summary>The least time between two drawings.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private CancellationTokenSource _following = new();
    private BlendStory? _story;
    private string? _fault;
    private long _shown;
    private bool _isInteractive;
    private bool _isFollowing;
    private bool _isGone;

    [Parameter, EditorRequired] public long Run { get; set; }

    [Parameter, EditorRequired] public RenderFragment<BlendStory> ChildContent { get; set; } = null!;

    /// <summary>Told of the story when it is there and when there is more of it.</summary>
    [Parameter] public EventCallback<BlendStory> Changed { get; set; }

    public void Dispose()
    {
        _isGone = true;
        _following.Cancel();
        _following.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Run)
            return;
        _shown = Run;
        (_story, _fault, _isFollowing) = (null, null, false);
        await _following.CancelAsync();
        _following.Dispose();
        _following = new CancellationTokenSource();
        var cancel = _following.Token;
        try
        {
            await LoadAsync(cancel);
            if (_isInteractive)
                _ = FollowAsync(cancel);
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Fault == CatalogFault.NotFound ? "It is not there any more, or it is somebody else's." : refusal.Message;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The page was left, or shows another run.
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isInteractive = true;
        if (_story is not null && !_isGone)
            _ = FollowAsync(_following.Token);
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var actor = await actors.GetAsync(cancel);
        var detail = await reader.GetDetailAsync(actor, Run, cancel);
        if (RunLauncher.ReadSpec(detail.SpecJson) is not BlendSpec spec)
        {
            _fault = "It is no blend.";
            return;
        }

        var story = new BlendStory(Run) { Spec = spec, Target = detail.Run.Target, CanAct = detail.CanAct };
        IReadOnlyList<RunEventView> page;
        do
        {
            page = await reader.ReadEventsAsync(actor, Run, story.LastNumber, RunReader.LargestPage, cancel);
            foreach (var happened in page)
                story.Add(Read(happened));
        }
        while (page.Count == RunReader.LargestPage);
        _story = story;
        await Changed.InvokeAsync(story);
    }

    /// <summary>Draws at most ten times a second, however fast events come, and once after the last of them.</summary>
    private async Task FollowAsync(CancellationToken cancel)
    {
        if (_story is not { IsOver: false } story || _isFollowing)
            return;
        _isFollowing = true;
        var drawn = time.GetTimestamp();
        Task? later = null;
        try
        {
            await foreach (var happened in reader.WatchAsync(actors.GetAsync, Run, story.LastNumber, cancel))
            {
                await InvokeAsync(() => story.Add(Read(happened)));
                if (time.GetElapsedTime(drawn) >= Pace || story.IsOver)
                {
                    drawn = time.GetTimestamp();
                    await InvokeAsync(DrawAsync);
                }
                else if (later is null or { IsCompleted: true })
                {
                    later = DrawLaterAsync(cancel);
                }
            }
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
            await InvokeAsync(StateHasChanged);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The page was left, or shows another run.
        }
    }

    private async Task DrawLaterAsync(CancellationToken cancel)
    {
        await Task.Delay(Pace, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancel.IsCancellationRequested)
            await InvokeAsync(DrawAsync);
    }

    private async Task DrawAsync()
    {
        if (_isGone || _story is not { } story)
            return;
        StateHasChanged();
        await Changed.InvokeAsync(story);
    }

    private static RunEvent Read(RunEventView happened) => JsonSerializer.Deserialize(happened.Utf8Json.Span, ProtocolJson.Default.RunEvent)!;
}
