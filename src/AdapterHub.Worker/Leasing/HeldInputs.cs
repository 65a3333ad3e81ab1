using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>The files of the cache that one run uses: none of them goes before this is disposed, since weights are read through links to them.</summary>
internal sealed class HeldInputs(InputCache cache) : IDisposable
{
    private readonly List<HeldInput> _held = [];

    /// <summary>Fetches what is missing and places it: weights as a symbolic link, since copying a base model costs minutes.</summary>
    public async Task PlaceAsync(WorkerClient client, LeasedRun lease, LeasedFile file, string target, CancellationToken cancel)
    {
        var held = cache.Enter(file);
        _held.Add(held);
        var path = await cache.FetchAsync(client, lease, file, held, cancel).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (target.EndsWith(".safetensors", StringComparison.Ordinal))
            File.CreateSymbolicLink(target, path);
        else
            File.Copy(path, target);
    }

    public void Dispose()
    {
        cache.Leave(_held);
        _held.Clear();
    }
}
