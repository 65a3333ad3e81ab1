using System.Text.Json;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Runs;
using AdapterHub.Worker.Leasing;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A worker and its hub as they are, with a program in the trainer's place that fails as a test says: what the worker makes of it.</summary>
public sealed class TrainerTroubleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trouble-").FullName;

    private static CancellationToken Cancel => RunningHub.Cancel;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task MemoryThatDoesNotSuffice_HalvesTheRowsAndDoublesThePasses()
    {
        var (events, specs) = await WorkAsync("""if [ "$rows" -gt 2 ]; then cat memory; else cat enough; fi""");

        specs.Select(spec => (spec.Loop.BatchSize, spec.Loop.Accumulate)).ShouldBe([(8, 3), (4, 6), (2, 12)]);
        events.OfType<RunWarned>().Count(warned => warned.Message.Contains("goes on with", StringComparison.Ordinal)).ShouldBe(2);
        events.OfType<RunFailed>().ShouldHaveSingleItem().Message.ShouldContain("enough");
    }

    [Fact]
    public async Task DiskThatIsFull_IsWaitedFor()
    {
        var (events, specs) = await WorkAsync("""if [ "$count" -lt 1 ]; then cat disk; else cat enough; fi""");

        specs.Count.ShouldBe(2);
        events.OfType<RunWarned>().ShouldHaveSingleItem().Message.ShouldContain("waits for room");
        events.OfType<RunFailed>().ShouldHaveSingleItem().Message.ShouldContain("enough");
    }

    [Fact]
    public async Task TrainerThatDiesWithoutAWord_IsStartedAgainAndGivenUpAtLast()
    {
        var (events, specs) = await WorkAsync("""echo "its last words" >&2; exit 9""");

        specs.Count.ShouldBe(3);
        events.OfType<RunFailed>().ShouldHaveSingleItem().Message.ShouldContain("its last words");
    }

    /// <summary>What the log has in the end, and the spec of every trainer that was started.</summary>
    private async Task<(IReadOnlyList<RunEvent> Events, IReadOnlyList<TrainSpec> Specs)> WorkAsync(string deed)
    {
        await using var runs = await RunHubFixture.StartAsync();
        var spec = new TrainSpec
        {
            Base = "ada/base", Output = "output", Data = new TextSource { Files = ["ada/texts"] }, Loop = new LoopSettings { Steps = 10, BatchSize = 8, Accumulate = 3 },
        };
        var run = (await runs.Hub.Get<RunLauncher>().StartAsync(runs.Ada, new NewRun(spec) { Target = RepositoryName.Of("ada", "mine") }, Cancel)).Run.Id;
        var options = new WorkerOptions
        {
            Hub = runs.Hub.Address, Token = await runs.AddWorkerTokenAsync("w"), Folder = Path.Combine(_folder, "worker"), Once = run,
            Trainer = new TrainerCommand("bash", [WriteTrainer(deed)]),
        };
        await new WorkerLoop(options, TimeProvider.System, _ => { }).RunAsync(Cancel);

        var events = new List<RunEvent>();
        foreach (var line in JsonDocument.Parse(await runs.Hub.As(runs.Ada).GetStringAsync(new Uri($"/api/runs/{run}/events", UriKind.Relative), Cancel)).RootElement.EnumerateArray())
            events.Add(line.Deserialize(ProtocolJson.Default.RunEvent)!);
        return (events, [.. Directory.EnumerateFiles(_folder, "spec-*").Order(StringComparer.Ordinal)
            .Select(path => (TrainSpec)JsonSerializer.Deserialize(File.ReadAllText(path), ProtocolJson.Default.RunSpec)!)]);
    }

    private string WriteTrainer(string deed)
    {
        foreach (var (name, failed) in new[] { ("memory", new RunFailed("It does not fit.", true, "memory")), ("disk", new RunFailed("No space.", true, "disk")), ("enough", new RunFailed("That is enough.", true, "data")) })
            File.WriteAllText(Path.Combine(_folder, name), JsonSerializer.Serialize<RunEvent>(failed, ProtocolJson.Default.RunEvent) + "\n");
        var path = Path.Combine(_folder, "trainer");
        File.WriteAllText(path, $$"""
            cd '{{_folder}}'
            count=$(ls | grep -c '^spec-' || true)
            cp "$1" "spec-$count"
            rows=$(grep -o '"batchSize": *[0-9]*' "spec-$count" | grep -o '[0-9]*$')
            {{deed}}
            """);
        return path;
    }
}
