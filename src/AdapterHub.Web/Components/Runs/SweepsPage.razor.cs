using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Sweeps of which the reader may see a run, newest first, as they go. Each drawing reads all runs of the page.</summary>
public sealed partial class SweepsPage() : QueuePage(drawPace: TimeSpan.FromSeconds(1))
{
    private const int PageSize = 20;
    private SweepList? _list;

    [Inject] internal SweepDesk Desk { get; set; } = default!;

    protected override async Task LoadAsync() => _list = await Desk.ListAsync(await Actors.GetAsync(Left), (Math.Max(1, PageNumber ?? 1) - 1) * PageSize, PageSize, Left);

    private protected override QueueChange Take(RunView run) => run.SweepId is null ? QueueChange.None : QueueChange.Read;
}
