using System.Security.Cryptography;
using System.Text;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Workers;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Leasing;

/// <summary>What a worker is started with.</summary>
public sealed record WorkerOptions
{
    public required Uri Hub { get; init; }
    public required string Token { get; init; }
    public required TrainerCommand Trainer { get; init; }

    /// <summary>Where runs lie while they last; null takes one below the cache for each hub and token.</summary>
    public string? Folder { get; init; }

    /// <summary>Carry out this run and end.</summary>
    public long? Once { get; init; }

    public const int DefaultCacheGiB = 100;

    /// <summary>Bytes of inputs that are kept for later runs; those that hold more get more.</summary>
    public long CacheBytes { get; init; } = (long)DefaultCacheGiB << 30;

    /// <summary>Training runs of one person on one base that share a process and its passes, at most.</summary>
    public int MostTogether { get; init; } = 1;

    public string Version { get; init; } = "";
}

/// <summary>
/// Leases runs one after the other and carries them out. While one is at work, a blend may be done beside it, on the processor: somebody sits before a
/// page and waits for it, and training takes hours.
/// </summary>
/// <param name="options">Hub, token and folders.</param>
/// <param name="time">For waits and stamps.</param>
/// <param name="tell">Hears in words what happens.</param>
public sealed class WorkerLoop(WorkerOptions options, TimeProvider time, Action<string> tell)
{
    private static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(25);

    /// <summary>Short, so that a worker whose other run has ended takes the next blend with all that it has.</summary>
    private static readonly TimeSpan AsideWait = TimeSpan.FromSeconds(5);
    private string _lastTrouble = "";
    private readonly Lock _gate = new();
    private readonly List<LeasedWork> _works = [];
    private TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Works until stopped.</summary>
    /// <exception cref="HubClientException">The hub refuses the token, or the run of <see cref="WorkerOptions.Once"/>.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var client = new WorkerClient(options.Hub, options.Token) { Trouble = HearTrouble };
        var folder = options.Folder ?? Path.Combine(CacheFolder.Path, "workers", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Hub} {options.Token}")))[..16]);
        Directory.CreateDirectory(folder);
        using var alone = await LockAsync(Path.Combine(folder, "lock"), stop).ConfigureAwait(false);
        var cache = new InputCache(Path.GetFullPath(Path.Combine(folder, "inputs")), options.CacheBytes, time);
        var welcome = await client.RegisterAsync(Hello(), stop).ConfigureAwait(false);
        tell($"Worker {welcome.Name} waits for runs of {options.Hub}");
        try
        {
            if (options.Once is { } id)
            {
                await WorkAsync(client, await client.LeaseRunAsync(id, stop).ConfigureAwait(false), folder, cache, isAside: false, stop).ConfigureAwait(false);
                return;
            }

            var works = new[] { WorkAlwaysAsync(client, folder, cache, stop), WorkAsideAsync(client, folder, cache, stop) };
            var first = await Task.WhenAny(works).ConfigureAwait(false);
            // Asked to end, each hands back what it has; otherwise one has failed and says why.
            await (stop.IsCancellationRequested ? Task.WhenAll(works) : first).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to end while nothing was at work.
        }
    }

    private async Task WorkAlwaysAsync(WorkerClient client, string folder, InputCache cache, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await client.LeaseAsync(LeaseWait, stop).ConfigureAwait(false) is not { } lease)
                continue;
            Volatile.Read(ref _busy).TrySetResult();
            await WorkTogetherAsync(client, lease, folder, cache, stop).ConfigureAwait(false);
            Volatile.Write(ref _busy, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>The run, and those that can share its passes.</summary>
    private async Task WorkTogetherAsync(WorkerClient client, LeasedRun lease, string folder, InputCache cache, CancellationToken stop)
    {
        var leases = new List<LeasedRun> { lease };
        while (leases.Count < options.MostTogether && await client.LeaseCompanionAsync(lease, stop).ConfigureAwait(false) is { } companion)
            leases.Add(companion);
        using var group = leases.Count > 1 ? new TrainerGroup(options.Trainer, leases.Count) : null;
        await Task.WhenAll(leases.Select(one => WorkAsync(client, one, folder, cache, isAside: false, stop, group))).ConfigureAwait(false);
    }

    /// <summary>Blends, as long as the other run is at work.</summary>
    private async Task WorkAsideAsync(WorkerClient client, string folder, InputCache cache, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Volatile.Read(ref _busy).Task.WaitAsync(stop).ConfigureAwait(false);
            if (await client.LeaseAsync(AsideWait, onlyBlends: true, stop).ConfigureAwait(false) is { } lease)
                await WorkAsync(client, lease, folder, cache, isAside: true, stop).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(WorkerClient client, LeasedRun lease, string folder, InputCache cache, bool isAside, CancellationToken stop, TrainerGroup? group = null)
    {
        tell($"Run {lease.Run} \"{lease.Name}\" begins, attempt {lease.Attempt}");
        var place = new RunFolder(Path.Combine(folder, "runs", lease.Run.ToString(System.Globalization.CultureInfo.InvariantCulture)), lease);
        using var inputs = cache.Hold();
        using var work = new LeasedWork(client, lease, place, options.Trainer, time) { IsAside = isAside, Group = group };
        lock (_gate)
            _works.Add(work);
        try
        {
            await work.RunAsync(inputs, stop).ConfigureAwait(false);
            tell($"Run {lease.Run} was handed back to the hub");
        }
        catch (LeaseLostException lost)
        {
            tell($"Run {lease.Run} was given up: {lost.Message}");
        }
        catch (HubClientException refused) when (refused.Problem?.Status is not 401)
        {
            tell($"Run {lease.Run} was given up: {refused.Message}");
        }
        finally
        {
            lock (_gate)
                _works.Remove(work);
            place.Delete();
        }
    }

    /// <summary>With the memory of the device that computes, which is what a run has to fit into.</summary>
    private WorkerHello Hello()
    {
        if (CudaRuntime.DeviceCount == 0)
            return new WorkerHello("cpu", false, options.Version, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var first = CudaRuntime.GetDevice(0);
        return new WorkerHello(first.Name, true, options.Version, first.TotalBytes);
    }

    /// <summary>Two workers in one folder would delete each other's runs. One that is just ending is waited for.</summary>
    private async Task<FileStream> LockAsync(string path, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop).ConfigureAwait(false);
            }
            catch (IOException taken)
            {
                throw new RunInputException($"Another worker is at work in {Path.GetDirectoryName(path)}. Stop it, or give this one another --folder.", taken);
            }
        }
    }

    /// <summary>The same trouble is told once, however often it is met.</summary>
    private void HearTrouble(string trouble)
    {
        if (Interlocked.Exchange(ref _lastTrouble, trouble) == trouble)
            return;
        tell(trouble);
        lock (_gate)
            _works.ForEach(work => work.Warn(trouble));
    }
}
