using System.Globalization;
using System.Text.Json;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>A GPU's memory through hub and worker: shared by several runs, and too small. Speeds are told, not judged.</summary>
[Trait("Category", "Slow")]
public sealed class DeviceMemoryTests(TinyBase tiny) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("device-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>512 rows of 1024 tokens at once are some 300 GiB of activations: a real refusal of the allocator, in the middle of a step.</summary>
    [Fact]
    public async Task MoreThanFits_GoesOnWithFewerRowsAtOnce_AndTheSameStep()
    {
        await using var scene = await StartAsync();
        scene.StartWorker();
        var run = await LaunchAsync(scene, "huge", new LoopSettings { Steps = 3, BatchSize = 512, SequenceLength = 1024, CheckpointEvery = 0, EvaluateEvery = 0, IgnoreMemory = true });
        await scene.FinishAsync(run);
        var events = await scene.EventsAsync(run);
        var warnings = events.OfType<RunWarned>().Select(warned => warned.Message).ToList();
        warnings.ShouldContain(warning => warning.StartsWith("The memory did not suffice for 512 rows at once. It goes on with 256", StringComparison.Ordinal), string.Join('\n', warnings));
        var steps = events.OfType<StepTaken>().ToList();
        steps.Select(step => step.Step).ShouldBe([1, 2, 3]);
        steps.Select(step => step.Tokens).ShouldBe([512 * 1024, 2 * 512 * 1024, 3 * 512 * 1024], "the rows of a step stay as many");
        DeviceReport.Add(string.Create(CultureInfo.InvariantCulture,
            $"out of memory: {string.Join(" | ", warnings)} | {steps[^1].TokensPerSecond:F0} tok/s, {steps[^1].MemoryBytes / (double)(1 << 30):F1} GiB"));
    }

    /// <summary>Four adapters in one trainer beside one alone, both through hub and worker.</summary>
    [Fact]
    public async Task FourTogether_ShareTheBase()
    {
        var loop = new LoopSettings { Steps = 1500, BatchSize = 8, SequenceLength = 128, CheckpointEvery = 750, EvaluateEvery = 0 };
        await using var scene = await StartAsync();
        List<long> runs = [];
        foreach (var target in new[] { "a", "b", "c", "d" })
            runs.Add(await LaunchAsync(scene, target, loop));
        scene.StartWorker("--together", "4");
        foreach (var run in runs)
            await scene.FinishAsync(run);
        var alone = await LaunchAsync(scene, "alone", loop);
        await scene.FinishAsync(alone);

        var together = new List<StepTaken>();
        foreach (var run in runs)
            together.AddRange((await scene.EventsAsync(run)).OfType<StepTaken>());
        var single = (await scene.EventsAsync(alone)).OfType<StepTaken>().ToList();
        var (first, second) = (Speed(together, 4), Speed(single, 1));
        DeviceReport.Add(string.Create(CultureInfo.InvariantCulture,
            $"together: four {first:F0} tok/s, one {second:F0} tok/s, {first / second:F2} times; memory {Memory(together):F2} and {Memory(single):F2} GiB; GPU in use {Utilization(together)} and {Utilization(single)} %"));
    }

    /// <summary>What a recorded step drops has to be the same when its layers run again, and another in every step.</summary>
    [Fact]
    public async Task DropoutWithCheckpointedActivations_IsRecordedAndLearns()
    {
        await using var scene = await StartAsync();
        scene.StartWorker();
        var loop = new LoopSettings { Steps = 200, BatchSize = 8, SequenceLength = 256, CheckpointEvery = 0, EvaluateEvery = 0, CheckpointActivations = true, Graph = "on" };
        var run = await LaunchAsync(scene, "dropping", loop, dropout: 0.2);
        await scene.FinishAsync(run);
        var losses = (await scene.EventsAsync(run)).OfType<StepTaken>().Select(step => step.Loss).ToList();
        losses[^20..].Average().ShouldBeLessThan(losses[..20].Average() - 1);
        DeviceReport.Add(string.Create(CultureInfo.InvariantCulture, $"dropout with checkpointed activations in a graph: loss {losses[0]:F3} to {losses[^1]:F3}"));
    }

    private async Task<RunScene> StartAsync()
    {
        DeviceShapes.SkipWithoutGpu();
        var model = Path.Combine(_folder, "base");
        DeviceShapes.Write(tiny, DeviceShapes.Small, model);
        var scene = await RunScene.CreateAsync(tiny, model, string.Join('\n', Enumerable.Range(0, 300).Select(copy => $"Book {copy}.\n{TinyBase.Text}")));
        await scene.StartHubAsync();
        return scene;
    }

    private static async Task<long> LaunchAsync(RunScene scene, string target, LoopSettings loop, double dropout = 0)
    {
        RunSpec spec = new TrainSpec
        {
            Base = "ada/base", Output = "output", Device = "cuda", Data = new TextSource { Files = ["ada/texts"] }, Lora = new LoraSettings { Rank = 16, Dropout = dropout }, Loop = loop,
        };
        return (await scene.Client.StartRunAsync(new HubNewRun { Spec = JsonSerializer.SerializeToElement(spec, ProtocolJson.Default.RunSpec), Target = $"ada/{target}" }, RunScene.Cancel)).Id;
    }

    /// <summary>Tokens of all these runs, but for their first steps, a second of the clock.</summary>
    private static double Speed(List<StepTaken> steps, int runs) =>
        (steps.Count - runs) * (steps.Max(step => step.Tokens) / (double)steps.Max(step => step.Step)) / (steps.Max(step => step.At) - steps.Min(step => step.At)).TotalSeconds;

    private static double Memory(List<StepTaken> steps) => steps.Max(step => step.MemoryBytes ?? 0) / (double)(1 << 30);

    private static int? Utilization(List<StepTaken> steps) => steps.Max(step => step.GpuUtilization);
}
