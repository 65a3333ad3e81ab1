using System.Diagnostics;
using System.Globalization;

namespace AdapterHub.Integration.Tests.Storage;

/// <summary>A process that publishes is killed again and again (SIGKILL), and what it left is looked at after each time.</summary>
public sealed class KilledUploadTests : IDisposable
{
    /// <summary>Steps after which it is killed at the latest: several revisions come and go in them.</summary>
    private const int MostSteps = 40;

    /// <summary>And some time later, to hit it within a step.</summary>
    private const double LongestMilliseconds = 15;

    private readonly UploadedCatalog _catalog = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _catalog.Dispose();

    [Fact]
    public Task KilledADozenTimes_EveryVisibleRevisionIsWhole() => KillAsync(12, seed: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public Task KilledTwoHundredTimes_EveryVisibleRevisionIsWhole() => KillAsync(200, seed: 2);

    private async Task KillAsync(int times, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < times; round++)
        {
            await RunAndKillAsync(random.Next(), random.Next(1, MostSteps), TimeSpan.FromMilliseconds(random.NextDouble() * LongestMilliseconds));
            await _catalog.CheckAsync(round);
        }

        var (commits, orphans) = await _catalog.CollectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{times} kills, {commits} revisions, {orphans.Blobs} blobs and {orphans.StrayFiles} files collected, {orphans.Bytes} bytes");
        commits.ShouldBeGreaterThan(times / 4, "the process must get something done, or nothing was tested");
    }

    private async Task RunAndKillAsync(int seed, int steps, TimeSpan after)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AdapterHub.UploadProcess.dll"), _catalog.Folder, seed.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Most of the time goes into starting: no profiles for code that will be dead in a moment.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        for (var step = 0; step < steps; step++)
        {
            if (await process.StandardOutput.ReadLineAsync(Cancel) is null)
                Assert.Fail($"The process ended by itself: {await errors}");
        }

        await Task.Delay(after, Cancel);
        process.Kill();
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldNotBe(0, "it was killed");
    }
}
