using AdapterHub.Protocol.Inference;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Inference;

/// <summary>A model that stays in memory until this is disposed.</summary>
internal sealed class ModelLease(ResidentModel model, Action release) : IDisposable
{
    private Action? _release = release;

    public ResidentModel Model { get; } = model;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

/// <summary>The base models in memory: loaded at their first use, the least recently used going when another needs the room.</summary>
internal sealed class ModelRack(EngineOptions options) : IDisposable
{
    private readonly SourceFolders _folders = new(Directory.CreateDirectory(options.WorkFolder).FullName);
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _counts = new();
    private long _clock;

    public IReadOnlyList<EngineModel> List()
    {
        lock (_counts)
            return [.. _places.Values.Select(place => place.Model.State)];
    }

    /// <exception cref="EngineBusyException">The memory is full of models that are at work.</exception>
    public async Task<ModelLease> AcquireAsync(EngineSource source, CancellationToken cancel)
    {
        var key = SourceFolders.KeyOf(source);
        if (TryLease(key) is { } there)
            return there;
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (TryLease(key) is { } meanwhile)
                return meanwhile;
            var folder = _folders.Find(source);
            MakeRoom(Estimate(folder));
            var model = await Task.Run(() => ResidentModel.Load(source.Name, folder, options, _folders), cancel).ConfigureAwait(false);
            lock (_counts)
                _places.Add(key, new Place(model));
            return TryLease(key)!;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var place in _places.Values)
            place.Model.Dispose();
        _gate.Dispose();
    }

    private ModelLease? TryLease(string key)
    {
        lock (_counts)
        {
            if (!_places.TryGetValue(key, out var place))
                return null;
            place.Uses++;
            place.LastUse = ++_clock;
            return new ModelLease(place.Model, () =>
            {
                lock (_counts)
                    place.Uses--;
            });
        }
    }

    private void MakeRoom(long needed)
    {
        List<ResidentModel> leaving = [];
        lock (_counts)
        {
            var taken = _places.Values.Sum(place => place.Model.Bytes);
            foreach (var (key, place) in _places.Where(place => place.Value.Uses == 0).OrderBy(place => place.Value.LastUse).ToList())
            {
                if (taken + needed <= options.MemoryBudget)
                    break;
                taken -= place.Model.Bytes;
                _places.Remove(key);
                leaving.Add(place.Model);
            }

            if (taken + needed > options.MemoryBudget && _places.Count > 0)
                throw new EngineBusyException($"The memory is full of models at work ({string.Join(", ", _places.Values.Select(place => place.Model.Name))}). Try again when they are done.");
        }

        leaving.ForEach(model => model.Dispose());
    }

    // Weights in half precision on the disk become f32 on the CPU; too much is the safe side.
    private long Estimate(string folder) =>
        Directory.EnumerateFiles(folder, "*.safetensors").Sum(file => (File.ResolveLinkTarget(file, returnFinalTarget: true) as FileInfo ?? new FileInfo(file)).Length) * (options.Type == DType.Float32 ? 2 : 1);

    private sealed class Place(ResidentModel model)
    {
        public ResidentModel Model { get; } = model;
        public int Uses { get; set; }
        public long LastUse { get; set; }
    }
}
