using System.Data.Common;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Charts;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>
/// Several runs in the same charts, and in one table with the settings that set them apart. Those that still run are followed as on their own pages: from the newest
/// stored event on, so nothing is lost and nothing comes twice.
/// </summary>
public sealed partial class RunComparison : ActingPage
{
    /// <summary>More lines than these tell nobody anything.</summary>
    public const int MostRuns = 48;

    private const int LoadedPoints = 800;
    private const int LoadedEvents = 300;
    private const int PointsInAll = 2400;
    private static readonly TimeSpan DrawPace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HashSet<long> _hidden = [];
    private List<ComparedRun>? _runs;
    private List<long> _missing = [];
    private SettingDifferences _settings = new([], []);
    private IReadOnlyList<ChartSeries> _loss = [], _heldOut = [], _rate = [], _speed = [];
    private string _shown = "";
    private CancellationTokenSource? _watching;
    private DrawThrottle? _throttle;
    private double _smooth;
    private bool _isLive;

    /// <summary>In the order in which they get their colours.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<long> Ids { get; set; } = [];

    [Parameter] public double Smooth { get; set; }

    [Parameter] public EventCallback<double> SmoothChanged { get; set; }

    [Parameter] public bool IsLog { get; set; }

    [Parameter] public EventCallback<bool> LogChanged { get; set; }

    [Parameter] public (int From, int To)? Range { get; set; }

    [Parameter] public EventCallback<(int From, int To)?> ZoomChanged { get; set; }

    /// <summary>Runs that are in the table and in no chart.</summary>
    [Parameter] public IReadOnlyCollection<long> Hidden { get; set; } = [];

    [Parameter] public EventCallback<IReadOnlyCollection<long>> HiddenChanged { get; set; }

    /// <summary>The lowest held-out loss first, not the order given.</summary>
    [Parameter] public bool IsBestFirst { get; set; }

    /// <summary>Somebody takes a run out; without a listener there is no button for it.</summary>
    [Parameter] public EventCallback<long> Dropped { get; set; }

    [Inject] internal RunReader Reader { get; set; } = default!;

    [Inject] internal RunStories Stories { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watching?.Cancel();
            _watching?.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override async Task OnParametersSetAsync()
    {
        _smooth = Smooth;
        _hidden.Clear();
        _hidden.UnionWith(Hidden);
        var wanted = $"{string.Join(',', Ids)} {Range}";
        if (_shown != wanted)
        {
            _shown = wanted;
            await InTurnAsync(LoadAsync);
        }

        Make();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _throttle = new DrawThrottle(Draw, InvokeAsync, Clock, DrawPace, Left);
        _isLive = true;
        Watch();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        var actor = await Actors.GetAsync(Left);
        var (runs, missing) = (new List<ComparedRun>(), new List<long>());
        foreach (var id in Ids.Distinct().Take(MostRuns))
        {
            try
            {
                var detail = await Reader.GetDetailAsync(actor, id, Left);
                runs.Add(new ComparedRun(detail, await Stories.ReadAsync(actor, detail.Run, LoadedPoints, LoadedEvents, Range, Left), runs.Count));
            }
            catch (CatalogException hidden) when (hidden.Fault == CatalogFault.NotFound)
            {
                missing.Add(id);
            }
        }

        (_runs, _missing) = (runs, missing);
        _settings = SettingDifferences.Of([.. runs.Select(one => one.Detail.SpecJson)]);
        if (_isLive)
            Watch();
    }

    /// <summary>One watcher a run that has not ended.</summary>
    private void Watch()
    {
        _watching?.Cancel();
        _watching?.Dispose();
        _watching = CancellationTokenSource.CreateLinkedTokenSource(Left);
        foreach (var one in _runs?.Where(one => !RunStates.IsFinal(one.Run.State)) ?? [])
            _ = FollowAsync(one, _watching.Token);
    }

    private async Task FollowAsync(ComparedRun followed, CancellationToken cancel)
    {
        try
        {
            while (!await TryFollowAsync(followed, cancel))
                await Task.Delay(Patience, Clock, cancel);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException or CatalogException)
        {
            // The reader left or looks at other runs, or may not see this one any more.
        }
    }

    /// <summary>False where the database was busy: the next number is where it goes on.</summary>
    private async Task<bool> TryFollowAsync(ComparedRun followed, CancellationToken cancel)
    {
        try
        {
            await foreach (var view in Reader.WatchAsync(await Actors.GetAsync(cancel), followed.Run.Id, followed.Story.LastNumber, cancel))
            {
                followed.Story.LastNumber = view.Number;
                if (RunStory.Parse(view) is { } happened)
                    followed.Story.Add(happened);
                if (view.Kind is RunEventKinds.State or RunEventKinds.Published)
                    await RefreshAsync(followed.Run.Id, cancel);
                _throttle?.Ask();
            }

            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }

    private async Task RefreshAsync(long id, CancellationToken cancel)
    {
        var detail = await Reader.GetDetailAsync(await Actors.GetAsync(cancel), id, cancel);
        await InvokeAsync(() =>
        {
            if (_runs is { } runs && runs.FindIndex(one => one.Run.Id == id) is >= 0 and var index)
                runs[index] = runs[index] with { Detail = detail };
        });
    }

    private void Draw()
    {
        Make();
        StateHasChanged();
    }

    private void Make()
    {
        var drawn = _runs?.Where(one => !_hidden.Contains(one.Run.Id)).ToList() ?? [];
        var points = Math.Clamp(PointsInAll / Math.Max(1, drawn.Count), 80, 320);
        _loss = [.. drawn.Select(one => Series(one, "loss", _smooth, points))];
        _heldOut = [.. drawn.Select(one => Series(one, "heldOut.loss", 0, points) with { HasDots = true })];
        _rate = [.. drawn.Select(one => Series(one, "learningRate", 0, points) with { IsNamed = false })];
        _speed = [.. drawn.Select(one => Series(one, "tokensPerSecond", _smooth, points) with { IsNamed = false })];
    }

    private ChartSeries Series(ComparedRun one, string metric, double smooth, int points)
    {
        var smoothed = Smoothing.Smooth(one.Story.Curve(metric), smooth);
        return new ChartSeries(NameOf(one), Downsampling.Thin(Range is { } range ? [.. smoothed.Where(point => point.Step >= range.From && point.Step <= range.To)] : smoothed, points), one.Colour);
    }

    /// <summary>With its number where another is called the same.</summary>
    private string NameOf(ComparedRun one) => _runs!.Count(other => other.Run.Name == one.Run.Name) > 1 ? $"{one.Run.Name} ({one.Run.Id})" : one.Run.Name;

    private bool IsBest(ComparedRun one) => _runs!.Count > 1 && one.BestHeldOut is { } loss && _runs.Min(other => other.BestHeldOut) >= loss;

    private IEnumerable<ComparedRun> Ordered(List<ComparedRun> runs) => IsBestFirst ? runs.OrderBy(one => one.BestHeldOut ?? double.PositiveInfinity) : runs;

    private static string Figure(double? value) => value is { } number ? ChartAxis.Write(number, ChartFigures.Plain) : "";

    private Task ToggleAsync(long id)
    {
        if (!_hidden.Remove(id))
            _hidden.Add(id);
        Make();
        return HiddenChanged.InvokeAsync([.. _hidden]);
    }

    private Task SmoothAsync(double smooth)
    {
        _smooth = smooth;
        Make();
        return SmoothChanged.InvokeAsync(smooth);
    }
}
