using System.Security.Cryptography;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A worker's requests over a way that breaks in the middle of them.</summary>
public sealed class WorkerConnectionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("way-").FullName;
    private RunHubFixture _runs = null!;
    private CuttingProxy _way = null!;
    private WorkerClient _worker = null!;

    private static CancellationToken Cancel => RunningHub.Cancel;

    public async ValueTask InitializeAsync()
    {
        _runs = await RunHubFixture.StartAsync();
        _way = new CuttingProxy(_runs.Hub.Address.Port);
        _worker = new WorkerClient(_way.Address, await _runs.AddWorkerTokenAsync("far")) { LongestSilence = TimeSpan.FromSeconds(1) };
        await _worker.RegisterAsync(new WorkerHello("cpu", false, "1"), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _way.DisposeAsync();
        await _runs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task FileCutOnItsWayUpAndDown_ArrivesWhole()
    {
        await _runs.StartRunAsync();
        var lease = (await _worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        var (path, file) = Write(4_000_000);

        _way.CutAfterUp(1_500_000);
        await _worker.SendFileAsync(lease, file, path, isResult: false, Cancel);
        _way.Cuts.ShouldBe(1);
        await _worker.SaveCheckpointAsync(lease, new NewCheckpoint(0, [file], []), Cancel);
        _way.CutAfterDown(1_500_000);
        await _worker.FetchAsync(lease, file, Path.Combine(_folder, "back"), Cancel);

        _way.Cuts.ShouldBe(2);
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "back"), Cancel)).ShouldBe(await File.ReadAllBytesAsync(path, Cancel));
    }

    [Fact]
    public async Task LeaseWhoseAnswerWasLost_IsGivenAgain()
    {
        await _runs.StartRunAsync();
        _way.CutAfterDown(20);

        var lease = (await _worker.LeaseAsync(TimeSpan.FromSeconds(2), Cancel)).ShouldNotBeNull();

        _way.Cuts.ShouldBe(1);
        lease.Attempt.ShouldBe(1);
        (await _worker.AppendAsync(lease, [RunHubFixture.Step(1, 1)], Cancel)).Stored.ShouldBe(1);
    }

    /// <summary>No reset and no end: only that nothing moves any more tells that the connection is dead.</summary>
    [Fact]
    public async Task ConnectionThatIsSilent_IsReplacedByANewOne()
    {
        await _runs.StartRunAsync();
        var lease = (await _worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        var (path, file) = Write(1000);
        _way.FreezeAll();

        await _worker.SendFileAsync(lease, file, path, isResult: false, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await _worker.SaveCheckpointAsync(lease, new NewCheckpoint(0, [file], []), Cancel);
    }

    /// <summary>A fault of this machine's disk is not taken for one of the way, over which it would be asked for again and again.</summary>
    [Fact]
    public async Task FileThatCannotBeWrittenHere_IsThisMachinesFault()
    {
        await _runs.StartRunAsync();
        var lease = (await _worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        var input = lease.Inputs[0];

        await Should.ThrowAsync<IOException>(() => _worker.FetchAsync(lease, input, Path.Combine(_folder, "no", "such", "folder"), Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        var missing = await Should.ThrowAsync<HubClientException>(() => _worker.FetchAsync(lease, input with { Digest = new string('0', 64) }, Path.Combine(_folder, "x"), Cancel));
        missing.Problem!.Status.ShouldBe(404);
    }

    private (string Path, LeasedFile File) Write(int length)
    {
        var bytes = new byte[length];
        new Random(5).NextBytes(bytes);
        var path = Path.Combine(_folder, "checkpoint.bin");
        File.WriteAllBytes(path, bytes);
        return (path, new LeasedFile("", "checkpoint.bin", Convert.ToHexStringLower(SHA256.HashData(bytes)), length));
    }
}
