using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// Files of runs under their digests: a base model is fetched once, however many runs ask for it, at once too. A file is there whole or not at all.
/// When the cache is over its size what was not used for longest goes, but nothing that a run holds.
/// </summary>
internal sealed class InputCache
{
    private readonly string _folder;
    private readonly long _mostBytes;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HeldInput> _held = new(StringComparer.Ordinal);

    /// <param name="folder">This worker's alone.</param>
    /// <param name="mostBytes">What is kept, at most; runs that hold more get more.</param>
    /// <param name="time">Stamps the last use.</param>
    public InputCache(string folder, long mostBytes, TimeProvider time)
    {
        (_folder, _mostBytes, _time) = (folder, mostBytes, time);
        // A worker that was killed while it fetched left these.
        foreach (var partial in Directory.CreateDirectory(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !IsWhole(file)))
            partial.Delete();
    }

    /// <summary>For one run.</summary>
    public HeldInputs Hold() => new(this);

    /// <summary>Fetches what is missing; the answer is where the file lies, for as long as it is held.</summary>
    internal async Task<string> FetchAsync(WorkerClient client, LeasedRun lease, LeasedFile file, HeldInput held, CancellationToken cancel)
    {
        await held.Turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (new FileInfo(held.Path) is not { Exists: true } there || there.Length != file.Length)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(held.Path)!);
                MakeRoom();
                await client.FetchAsync(lease, file, held.Path, cancel).ConfigureAwait(false);
            }

            File.SetLastWriteTimeUtc(held.Path, _time.GetUtcNow().UtcDateTime);
            return held.Path;
        }
        finally
        {
            held.Turn.Release();
        }
    }

    internal HeldInput Enter(LeasedFile file)
    {
        var path = PathOf(file.Digest);
        lock (_gate)
        {
            if (!_held.TryGetValue(path, out var held))
                _held.Add(path, held = new HeldInput(path, file.Length));
            held.Holders++;
            return held;
        }
    }

    internal void Leave(IEnumerable<HeldInput> left)
    {
        lock (_gate)
        {
            foreach (var held in left.Where(held => --held.Holders == 0))
            {
                _held.Remove(held.Path);
                held.Turn.Dispose();
            }

            MakeRoom();
        }
    }

    private string PathOf(string digest) => digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower) ? Path.Combine(_folder, digest[..2], digest[2..])
        : throw new RunInputException($"The hub names a file by \"{digest}\", which is no digest.");

    private static bool IsWhole(FileInfo file) => file.Name.All(char.IsAsciiHexDigitLower);

    private void MakeRoom()
    {
        lock (_gate)
        {
            // Exists reads length and time at once, from which Length and LastWriteTimeUtc answer.
            var free = new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => IsWhole(file) && !_held.ContainsKey(file.FullName) && file.Exists).OrderBy(file => file.LastWriteTimeUtc).ToList();
            var total = _held.Values.Sum(held => held.Length) + free.Sum(file => file.Length);
            foreach (var file in free.TakeWhile(_ => total > _mostBytes))
            {
                total -= file.Length;
                file.Delete();
            }
        }
    }
}
