using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Runs that were started together: how far they are, which is best, and all of them compared. Goes on by itself while they run.</summary>
public sealed partial class SweepPage : ComparingPage
{
    private static readonly TimeSpan DrawPace = TimeSpan.FromMilliseconds(400);
    private SweepView? _sweep;
    private IReadOnlyList<long> _ids = [];
    private IReadOnlyList<string> _settings = [];
    private ConfirmDialog _confirm = default!;
    private QueueWatch? _watch;

    [Parameter] public long Id { get; set; }

    [Inject] internal SweepDesk Desk { get; set; } = default!;

    [Inject] internal RunReader Reader { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    private int Unfinished => SweepWords.Unfinished(_sweep!);

    /// <summary>Of those at work; what those that wait will take nobody has measured.</summary>
    private string TimeLeft => _sweep!.Runs.Where(one => one.Run.State == RunState.Running).Max(one => one.Run.SecondsLeft) is { } left ? $"about {Display.Duration(TimeSpan.FromSeconds(Math.Round(left)))} left for the running" : "";

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive)
            return;
        _watch = new QueueWatch(Reader, Actors.GetAsync, Take, new DrawThrottle(StateHasChanged, InvokeAsync, Clock, DrawPace, Left) { Read = () => InTurnAsync(LoadAsync) });
        _watch.Begin(Left);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_sweep?.Id != Id)
            await InTurnAsync(LoadAsync);
    }

    /// <summary>What may not be seen or is not there ends in the error page: the catalogue's faults pass through.</summary>
    private async Task LoadAsync()
    {
        _sweep = await Desk.GetAsync(await Actors.GetAsync(Left), Id, Left);
        _ids = [.. _sweep.Runs.Select(one => one.Run.Id)];
        _settings = SweepWords.Settings(_sweep);
    }

    private QueueChange Take(RunView run) => run.SweepId == Id ? QueueChange.Read : QueueChange.None;

    private Task SortAsync() => Go("sort", Sort is null ? "order" : null);

    private async Task CancelAsync()
    {
        if (await _confirm.AskAsync())
            await TryAsync(async actor => _sweep = await Desk.CancelAsync(actor, Id, Left));
    }
}
