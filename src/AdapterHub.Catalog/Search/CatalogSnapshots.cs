using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>Holds the newest snapshot and brings it up to date whenever somebody asks and the database has moved on.</summary>
internal sealed class CatalogSnapshots : IDisposable
{
    private readonly SemaphoreSlim _updating = new(1, 1);
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty();

    /// <summary>A snapshot with at least every change committed before the call.</summary>
    internal async Task<CatalogSnapshot> CurrentAsync(CatalogContext context, CancellationToken cancel)
    {
        var latest = await SnapshotReader.LatestAsync(context, cancel);
        if (_current is var current && current.Sequence >= latest)
            return current;
        await _updating.WaitAsync(cancel);
        try
        {
            if (_current.Sequence < latest)
                _current = await SnapshotReader.UpdatedAsync(context, _current, cancel);
            return _current;
        }
        finally
        {
            _updating.Release();
        }
    }

    public void Dispose() => _updating.Dispose();
}
