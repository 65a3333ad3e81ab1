using System.Threading.Channels;

namespace AdapterHub.Catalog.Runs;

/// <summary>The runs that changed since somebody asked last: a set, so it does not grow however fast they change.</summary>
internal sealed class RunChanges
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _there = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<long> _ids = [];

    public void Add(long id)
    {
        lock (_lock)
            _ids.Add(id);
        _there.Writer.TryWrite(true);
    }

    /// <summary>Ends the wait although nothing has changed.</summary>
    public void Wake() => _there.Writer.TryWrite(true);

    /// <summary>Waits for the first; empty where it was only woken.</summary>
    public async Task<IReadOnlyCollection<long>> TakeAsync(CancellationToken cancel)
    {
        await _there.Reader.ReadAsync(cancel);
        lock (_lock)
        {
            var taken = _ids;
            _ids = [];
            return taken;
        }
    }
}
