using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Models;
using AdapterHub.Formats.Peft;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Worker.Inference;

/// <summary>Adapters on one model's device, by the digest of their files. Safe from several threads; only <see cref="Trim"/> belongs to the model's own.</summary>
internal sealed class AdapterCache(CausalModel model, SourceFolders folders, int most) : IDisposable
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _clock;

    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    public long Bytes
    {
        get
        {
            lock (_gate)
                return _entries.Values.Sum(entry => entry.Adapter.IsValueCreated ? entry.Adapter.Value.Bytes : 0);
        }
    }

    /// <summary>The adapter, read at its first use; in memory at least until it is given back.</summary>
    /// <exception cref="Formats.AdapterFormatException">It is none, or not one of this model.</exception>
    public ResidentAdapter Acquire(EngineSource source)
    {
        Entry entry;
        lock (_gate)
        {
            var key = SourceFolders.KeyOf(source);
            if (!_entries.TryGetValue(key, out entry!))
                _entries.Add(key, entry = new Entry(key, new Lazy<ResidentAdapter>(() => ResidentAdapter.Place(model, PeftAdapterFolder.Read(folders.Find(source)), source.Name))));
            entry.Uses++;
            entry.LastUse = ++_clock;
        }

        try
        {
            return entry.Adapter.Value;
        }
        catch
        {
            // A failed reading is not kept: the next request may find the file mended.
            lock (_gate)
                _entries.Remove(entry.Key);
            throw;
        }
    }

    public void Return(ResidentAdapter adapter)
    {
        lock (_gate)
            if (_entries.Values.FirstOrDefault(entry => entry.Adapter.IsValueCreated && entry.Adapter.Value == adapter) is { } entry)
                entry.Uses--;
    }

    /// <summary>Frees adapters above the limit that nobody uses, the least recently used first.</summary>
    public void Trim(LaneBatch batch)
    {
        lock (_gate)
        {
            if (_entries.Count <= most)
                return;
            batch.ReleaseIdle();
            foreach (var entry in _entries.Values.Where(entry => entry is { Uses: 0, Adapter.IsValueCreated: true } && !batch.Holds(entry.Adapter.Value))
                .OrderBy(entry => entry.LastUse).Take(_entries.Count - most).ToList())
            {
                entry.Adapter.Value.Dispose();
                _entries.Remove(entry.Key);
            }
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.Adapter.IsValueCreated))
            entry.Adapter.Value.Dispose();
    }

    private sealed class Entry(string key, Lazy<ResidentAdapter> adapter)
    {
        public string Key { get; } = key;
        public Lazy<ResidentAdapter> Adapter { get; } = adapter;
        public int Uses { get; set; }
        public long LastUse { get; set; }
    }
}
