using AdapterHub.Catalog.Storage;
using AdapterHub.Web.Components.Settings;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>Where the bytes are, and the upkeep of them.</summary>
public sealed partial class StoragePage : ActingPage
{
    private StorageState _state = new(0, 0, 0, 0, 0, null, []);
    private CollectionReport? _collected;
    private CatalogCheckReport? _checked;

    [Inject] internal StorageLedger Ledger { get; set; } = default!;

    [Inject] internal OrphanCollector Collector { get; set; } = default!;

    [Inject] internal CatalogCheck Check { get; set; } = default!;

    protected override async Task OnInitializedAsync() => _state = await Ledger.ReadAsync(await Actors.GetAsync(Left), Left);

    // Off the circuit's thread: SQLite and the file system answer synchronously, and the page would stand still meanwhile.
    private Task CollectAsync() => TryAsync(async actor =>
    {
        _collected = await Task.Run(() => Collector.CollectAsync(actor, cancel: Left), Left);
        _state = await Ledger.ReadAsync(actor, Left);
    }, "Collected");

    private Task CheckAsync() => TryAsync(async actor => _checked = await Task.Run(() => Check.RunAsync(actor, readBytes: true, Left), Left));
}
