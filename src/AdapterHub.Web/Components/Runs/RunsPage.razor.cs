using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Runs that the reader may see, newest first, as they go. What is filtered by stands in the address.</summary>
public sealed partial class RunsPage() : QueuePage(drawPace: TimeSpan.FromMilliseconds(250))
{
    private const int PageSize = 25;
    private const int SparkPoints = 40;
    private static readonly string[] PageParameter = ["page"];
    private static readonly Dictionary<string, RunState[]> States = new(StringComparer.Ordinal)
    {
        ["active"] = [RunState.Queued, RunState.Running, RunState.Pausing, RunState.Paused, RunState.Cancelling],
        ["done"] = [RunState.Succeeded],
        ["failed"] = [RunState.Failed, RunState.Cancelled],
    };

    private readonly TabItem[] _states = [new("all", "All"), new("active", "Active"), new("done", "Done"), new("failed", "Failed or cancelled")];
    private RunPage? _page;
    private RunFacets _facets = new([], []);
    private IReadOnlyDictionary<long, int> _queue = new Dictionary<long, int>();
    private Dictionary<long, IReadOnlyList<MetricPoint>> _losses = [];
    /// <summary>In the order in which they were marked, on whatever page of the list.</summary>
    private readonly List<long> _marked = [];

    [SupplyParameterFromQuery] public string? State { get; set; }

    [SupplyParameterFromQuery] public string? Owner { get; set; }

    [SupplyParameterFromQuery] public string? Base { get; set; }

    [Inject] internal RunSummaries Summaries { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    protected override async Task LoadAsync()
    {
        var actor = await Actors.GetAsync(Left);
        var states = State is not null && States.TryGetValue(State, out var chosen) ? chosen : [];
        _page = await Reader.ListAsync(actor, new RunQuery { States = states, Owner = Owner, Base = Base, Skip = (Math.Max(1, PageNumber ?? 1) - 1) * PageSize, Take = PageSize }, Left);
        _facets = await Summaries.ReadFacetsAsync(actor, Left);
        _queue = await Summaries.ReadQueueAsync(Left);
        _losses = new(await Summaries.ReadLossesAsync(actor, [.. _page.Runs.Select(run => run.Id)], SparkPoints, Left));
    }

    /// <summary>A step changes a row; a new run or another state changes the list and the queue.</summary>
    private protected override QueueChange Take(RunView run)
    {
        if (_page is not { } page || page.Runs.FirstOrDefault(shown => shown.Id == run.Id) is not { } before || before.State != run.State)
            return QueueChange.Read;
        _page = page with { Runs = [.. page.Runs.Select(shown => shown.Id == run.Id ? run : shown)] };
        if (run.Loss is { } loss && run.Step > before.Step)
            _losses[run.Id] = Downsampling.Thin([.. _losses.GetValueOrDefault(run.Id) ?? [], new MetricPoint(run.Step, loss)], 2 * SparkPoints);
        return QueueChange.Draw;
    }

    private void Mark(long id, bool isMarked)
    {
        _marked.Remove(id);
        if (isMarked)
            _marked.Add(id);
    }

    private string AddressWith(string name, string? value) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value, ["page"] = null });
}
