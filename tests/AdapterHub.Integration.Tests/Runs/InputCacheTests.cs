using AdapterHub.Catalog.Repositories;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Workers;
using AdapterHub.Worker.Leasing;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>What a worker keeps of the files of runs, asked for by several runs at once as with --together.</summary>
public sealed class InputCacheTests : IAsyncLifetime
{
    private const int FileLength = 10_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("inputs-").FullName;
    private RunHubFixture _runs = null!;
    private CuttingProxy _way = null!;
    private WorkerClient _worker = null!;
    private LeasedRun _lease = null!;

    private static CancellationToken Cancel => RunningHub.Cancel;

    private string Cache => Path.Combine(_folder, "cache");

    private IReadOnlyList<LeasedFile> Texts => [.. _lease.Inputs.Where(input => input.Length == FileLength)];

    public async ValueTask InitializeAsync()
    {
        _runs = await RunHubFixture.StartAsync();
        var texts = RepositoryName.Of("ada", "texts");
        await _runs.Hub.CommitAsync(_runs.Ada, texts, [.. Enumerable.Range(0, 40).Select(number => ($"{number}.txt", Text(number, FileLength))), ("big.txt", Text(99, 2_000_000))]);
        await _runs.StartRunAsync();
        _way = new CuttingProxy(_runs.Hub.Address.Port);
        _worker = new WorkerClient(_way.Address, await _runs.AddWorkerTokenAsync("desk"));
        await _worker.RegisterAsync(new WorkerHello("cpu", false, "1"), Cancel);
        _lease = (await _worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        Texts.Count.ShouldBe(40);
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _way.DisposeAsync();
        await _runs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs look for room while others' files arrive: none takes another's file away, or stumbles over one that moves.</summary>
    [Fact]
    public async Task FilesOfSeveralRunsAtOnce_AllArrive()
    {
        var cache = new InputCache(Cache, 3 * FileLength, TimeProvider.System);

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), Cancel, async (run, cancel) =>
        {
            for (var round = 0; round < 2; round++)
            {
                using var inputs = cache.Hold();
                foreach (var (number, file) in Texts.Index().Skip(run))
                    await inputs.PlaceAsync(_worker, _lease, file, Target($"{run}-{round}-{number}.safetensors"), cancel);
                foreach (var (number, file) in Texts.Index().Skip(run))
                    new FileInfo(Target($"{run}-{round}-{number}.safetensors")).ResolveLinkTarget(true)!.ShouldBeOfType<FileInfo>().Length.ShouldBe(file.Length);
            }
        });
    }

    [Fact]
    public async Task FileThatSeveralRunsAskFor_IsFetchedOnce()
    {
        var cache = new InputCache(Cache, 0, TimeProvider.System);
        var big = _lease.Inputs.MaxBy(text => text.Length)!;
        using var inputs = cache.Hold();
        using var others = cache.Hold();
        _way.CutAfterDown(big.Length + (big.Length / 2));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => (number % 2 == 0 ? inputs : others).PlaceAsync(_worker, _lease, big, Target($"{number}.txt"), Cancel)));

        _way.Cuts.ShouldBe(0, "twice its length would have come down");
        foreach (var number in Enumerable.Range(0, 6))
            new FileInfo(Target($"{number}.txt")).Length.ShouldBe(big.Length);
    }

    [Fact]
    public async Task OverItsSize_WhatWasNotUsedForLongestGoes_AndNothingThatARunHolds()
    {
        var cache = new InputCache(Cache, 2 * FileLength, TimeProvider.System);
        var holding = cache.Hold();
        await holding.PlaceAsync(_worker, _lease, Texts[0], Target("held.safetensors"), Cancel);
        foreach (var number in Enumerable.Range(1, 3))
            await PlaceAsync(cache, number);

        Kept().ShouldBe([Texts[0].Digest, Texts[3].Digest], ignoreOrder: true);

        holding.Dispose();
        await PlaceAsync(cache, 4);
        Kept().ShouldBe([Texts[3].Digest, Texts[4].Digest], ignoreOrder: true);
        await PlaceAsync(cache, 3);
        await PlaceAsync(cache, 5);
        Kept().ShouldBe([Texts[3].Digest, Texts[5].Digest], ignoreOrder: true, "the third was used after the fourth");
    }

    [Fact]
    public async Task SizeOfNothing_KeepsWhatIsHeldAndNothingAfterwards()
    {
        var cache = new InputCache(Cache, 0, TimeProvider.System);
        using (var inputs = cache.Hold())
        {
            foreach (var number in Enumerable.Range(0, 3))
                await inputs.PlaceAsync(_worker, _lease, Texts[number], Target($"{number}.safetensors"), Cancel);
            Kept().Count.ShouldBe(3);
        }

        Kept().ShouldBeEmpty();
    }

    [Fact]
    public async Task PartsThatAKilledWorkerLeft_GoAtTheStart_AndWholeFilesStay()
    {
        await PlaceAsync(new InputCache(Cache, long.MaxValue, TimeProvider.System), 0);
        var part = Path.Combine(Cache, Texts[0].Digest[..2], $"{Texts[0].Digest[2..]}.0123456789abcdef.part");
        await File.WriteAllTextAsync(part, "half", Cancel);

        _ = new InputCache(Cache, long.MaxValue, TimeProvider.System);

        File.Exists(part).ShouldBeFalse();
        Kept().ShouldBe([Texts[0].Digest]);
    }

    private async Task PlaceAsync(InputCache cache, int number)
    {
        using var inputs = cache.Hold();
        await inputs.PlaceAsync(_worker, _lease, Texts[number], Target($"{Guid.NewGuid()}.txt"), Cancel);
    }

    private IReadOnlyList<string> Kept() => [.. Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Cache, path).Replace("/", "", StringComparison.Ordinal))];

    private string Target(string name) => Path.Combine(_folder, "run", name);

    private static byte[] Text(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
