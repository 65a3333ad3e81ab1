using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Charts;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Formatting;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>
/// One run, live. What is shown is what the stored events add up to; from the number of the last of them it watches, so that loading it again or a
/// lost circuit loses nothing and shows nothing twice.
/// </summary>
public sealed partial class LiveRun : ActingPage
{
    private const double UsualSmoothing = 0.6;
    private const int LoadedPoints = 2000;
    private const int LoadedEvents = 1000;
    private static readonly string[] ZoomParameters = ["from", "to"];
    private static readonly TimeSpan DrawPace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs of the same base, to compare with.</summary>
    private const int Offered = 8;
    private readonly TaskCompletionSource _isLoaded = new();
    private RunStory _story = new();
    private IReadOnlyList<RunView> _others = [];
    private IReadOnlyList<TabItem> _tabs = [];
    private RunDetail? _detail;
    private (int? From, int? To)? _shown;
    private DrawThrottle? _throttle;
    private CancellationTokenSource? _following;
    private ConfirmDialog _confirm = default!;
    private string _cloneKey = Guid.NewGuid().ToString("N");
    private int? _place;
    private volatile FrozenSet<long> _linked = [];
    private bool _isLive;

    [Parameter, EditorRequired] public long Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [SupplyParameterFromQuery] public double? Smooth { get; set; }

    [SupplyParameterFromQuery] public int? Log { get; set; }

    [SupplyParameterFromQuery] public int? From { get; set; }

    [SupplyParameterFromQuery] public int? To { get; set; }

    [Inject] internal RunReader Reader { get; set; } = default!;

    [Inject] internal RunSummaries Summaries { get; set; } = default!;

    [Inject] internal RunStories Stories { get; set; } = default!;

    [Inject] internal RunDesk Desk { get; set; } = default!;

    [Inject] internal RunLauncher Launcher { get; set; } = default!;

    [Inject] internal RunFeed Feed { get; set; } = default!;

    [Inject] internal PageAddress Address { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    private string SelectedTab => Tabs.Select(_tabs, Tab);

    private (int From, int To)? Zoom => From is { } from && To is { } to && to > from ? (from, to) : null;

    private int Step => Math.Max(_detail!.Run.Step, _story.Step?.Step ?? 0);

    private int Steps => _story.Step?.Steps ?? (_detail!.Run.Steps > 0 ? _detail.Run.Steps : _story.Started?.Steps ?? 0);

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (From, To))
            return;
        _shown = (From, To);
        await InTurnAsync(LoadAsync);
        // Events that came while it was read went to the story before.
        _following?.Cancel();
        _isLoaded.TrySetResult();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _throttle = new DrawThrottle(StateHasChanged, InvokeAsync, Clock, DrawPace, Left) { Read = RefreshAsync };
        _ = WatchAsync(Left);
    }

    /// <summary>What may not be seen or is not there ends in the error page: the catalogue's faults pass through.</summary>
    private async Task LoadAsync()
    {
        var actor = await Actors.GetAsync(Left);
        var detail = await Reader.GetDetailAsync(actor, Id, Left);
        (_detail, _story) = (detail, await Stories.ReadAsync(actor, detail.Run, LoadedPoints, LoadedEvents, Zoom, Left));
        _linked = LinkedTo(detail);
        await PlaceAsync();
        _tabs = [.. TabsOf(detail)];
        var baseName = detail.Sources.FirstOrDefault(source => source.Relation == LineageRelation.BaseModel)?.Reference;
        var alike = await Reader.ListAsync(actor, new RunQuery { Base = baseName, Kind = detail.Run.Kind, Take = Offered + 1 }, Left);
        _others = [.. alike.Runs.Where(run => run.Id != Id && run.Step > 0).Take(Offered)];
    }

    private IEnumerable<TabItem> TabsOf(RunDetail detail)
    {
        // A measurement has no steps: what there is to see of it is its figures and its log.
        var hasSteps = detail.Run.Kind != RunKind.Evaluate;
        if (hasSteps)
        {
            yield return new TabItem("curves", "Curves", Icon: IconName.Scale);
            yield return new TabItem("samples", "Samples", Icon: IconName.Document);
        }

        yield return new TabItem("log", "Log", Icon: IconName.List);
        yield return new TabItem("settings", "Settings", Icon: IconName.Gear);
        if (hasSteps)
            yield return new TabItem("checkpoints", "Checkpoints", detail.Checkpoints.Count, IconName.Commit);
    }

    private async Task PlaceAsync() =>
        _place = _detail!.Run.State == RunState.Queued && (await Summaries.ReadQueueAsync(Left)).TryGetValue(Id, out var place) ? place : null;

    private Task RefreshAsync() => InTurnAsync(async () =>
    {
        _detail = await Reader.GetDetailAsync(await Actors.GetAsync(Left), Id, Left);
        _linked = LinkedTo(_detail);
        _tabs = [.. TabsOf(_detail)];
        await PlaceAsync();
    });

    private static FrozenSet<long> LinkedTo(RunDetail detail) => detail.Before.Concat(detail.Followers).Select(run => run.Id).ToFrozenSet();

    private async Task WatchAsync(CancellationToken left)
    {
        // What waits for this run is told here too.
        using var linked = Feed.Listen(id =>
        {
            if (!_isLoaded.Task.IsCompleted || _linked.Contains(id))
                _throttle?.Ask(isStale: true);
        });
        try
        {
            await _isLoaded.Task.WaitAsync(left);
            while (true)
                await FollowStoryAsync(left);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // The reader left.
        }
        catch (CatalogException refused)
        {
            await DispatchExceptionAsync(refused);
        }
    }

    /// <summary>Until the story is read anew, or the run has ended and somebody tries it again.</summary>
    private async Task FollowStoryAsync(CancellationToken left)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = Feed.Listen(id => { if (id == Id) changed.TrySetResult(); });
        using var following = CancellationTokenSource.CreateLinkedTokenSource(left);
        _following = following;
        try
        {
            await FollowAsync(following.Token);
            await changed.Task.WaitAsync(following.Token);
        }
        catch (OperationCanceledException) when (!left.IsCancellationRequested)
        {
            // It goes on at the number of the new story.
        }
        finally
        {
            _following = null;
        }
    }

    private async Task FollowAsync(CancellationToken left)
    {
        _isLive = true;
        _throttle?.Ask();
        try
        {
            await foreach (var view in Reader.WatchAsync(Actors.GetAsync, Id, _story.LastNumber, left))
            {
                _story.LastNumber = view.Number;
                if (RunStory.Parse(view) is { } happened)
                    _story.Add(happened);
                _throttle?.Ask(isStale: view.Kind is RunEventKinds.State or RunEventKinds.Checkpoint or RunEventKinds.Published);
            }
        }
        catch (DbException)
        {
            // The database was busy; the next number is where it goes on.
            await Task.Delay(Patience, Clock, left);
        }
    }

    private Task PauseAsync() => SteerAsync(Desk.PauseAsync);

    private Task ResumeAsync() => SteerAsync(Desk.ResumeAsync);

    private Task RetryAsync() => SteerAsync(Desk.RetryAsync);

    private async Task CancelAsync()
    {
        if (await _confirm.AskAsync())
            await SteerAsync(Desk.CancelAsync);
    }

    private async Task SteerAsync(Func<Catalog.Accounts.Actor, long, CancellationToken, Task<RunView>> deed)
    {
        await TryAsync(actor => deed(actor, Id, Left));
        await RefreshAsync();
    }

    /// <summary>One key a page: a second click opens the clone that the first one made.</summary>
    private async Task CloneAsync()
    {
        StartedRun? clone = null;
        if (await TryAsync(async actor => clone = await Launcher.CloneAsync(actor, Id, null, null, _cloneKey, Left)))
        {
            _cloneKey = Guid.NewGuid().ToString("N");
            Address.Go(Addresses.Run(clone!.Run.Id));
        }
    }

    private Task SmoothAsync(double smooth) => Go("smooth", Math.Abs(smooth - UsualSmoothing) < 1e-9 ? null : smooth.ToString("0.##", CultureInfo.InvariantCulture));

    private Task LogAsync(bool isLog) => Go("log", isLog ? "1" : null);

    private Task ZoomAsync((int From, int To)? zoom)
    {
        Address.Set(new Dictionary<string, object?> { ["from"] = zoom?.From, ["to"] = zoom?.To });
        return Task.CompletedTask;
    }

    private Task Go(string name, string? value)
    {
        Address.Set(name, value, replace: true);
        return Task.CompletedTask;
    }

    private string TimeLeft(RunView run) => run.State switch
    {
        RunState.Running when (_story.SecondsLeft ?? run.SecondsLeft) is { } left => $"about {Display.Duration(TimeSpan.FromSeconds(Math.Round(left)))} left",
        _ when run is { StartedAt: { } start, FinishedAt: { } end } => Display.Duration(TimeSpan.FromSeconds(Math.Round((end - start).TotalSeconds))),
        _ => "",
    };

    private IEnumerable<(string Name, string Value)> Facts(RunView run)
    {
        if ((_story.Step?.Loss ?? run.Loss) is { } loss)
            yield return ("Training loss", ChartAxis.Write(loss, ChartFigures.Plain));
        if (_story.Curve("heldOut.loss") is { Count: > 0 } heldOut)
            yield return ("Held-out loss", $"{ChartAxis.Write(heldOut[0].Value, ChartFigures.Plain)} → {ChartAxis.Write(heldOut[^1].Value, ChartFigures.Plain)}");
        if (_story.Evaluated is { } evaluated)
        {
            yield return ("Perplexity", ChartAxis.Write(evaluated.Perplexity, ChartFigures.Plain));
            if (evaluated.BaseLoss is { } alone)
                yield return ("Base alone", ChartAxis.Write(Math.Exp(alone), ChartFigures.Plain));
            yield return ("Loss", ChartAxis.Write(evaluated.Loss, ChartFigures.Plain));
            yield return ("Tokens", ChartAxis.Write(evaluated.Tokens, ChartFigures.Count));
        }

        if ((_story.Step?.TokensPerSecond ?? run.TokensPerSecond) is { } speed)
            yield return ("Tokens a second", ChartAxis.Write(speed, ChartFigures.Count));
        if (_story.Started is { } started)
            yield return ("Device", started.Device);
        if (_story.Curve("memoryBytes") is { Count: > 0 } memory)
            yield return ("Memory", ChartAxis.Write(memory[^1].Value, ChartFigures.Bytes));
        if (run.Worker is { } worker)
            yield return ("Worker", worker);
    }
}
