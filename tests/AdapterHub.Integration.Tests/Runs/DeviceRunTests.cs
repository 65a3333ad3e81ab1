using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AdapterHub.Formats.Peft;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>
/// A run started over HTTP, carried out by hub and worker, streamed to a client over the WebSocket, finished and pulled; and the same spec by the trainer
/// alone, without checkpoints. The speeds of both are told, not judged: ADAPTERHUB_TEST_REPORT names a file that they are added to.
/// </summary>
public sealed class DeviceRunTests(TinyBase tiny) : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");
    private readonly string _folder = Directory.CreateTempSubdirectory("device-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task OnTheProcessor() => RunAsync(tiny.Folder, "cpu", new LoopSettings { Steps = 30, BatchSize = 4, SequenceLength = 64, CheckpointEvery = 10, EvaluateEvery = 0 }, copies: 1);

    /// <summary>The 135M shape of the benchmarks with random weights: a step of 8192 positions.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public Task OnAGpu()
    {
        DeviceShapes.SkipWithoutGpu();
        var model = Path.Combine(_folder, "base");
        DeviceShapes.Write(tiny, DeviceShapes.Small, model);
        return RunAsync(model, "cuda", new LoopSettings { Steps = 1500, BatchSize = 8, SequenceLength = 1024, CheckpointEvery = 500, EvaluateEvery = 0 }, copies: 100);
    }

    private async Task RunAsync(string model, string device, LoopSettings loop, int copies)
    {
        var text = string.Join('\n', Enumerable.Range(0, copies).Select(copy => $"Book {copy}.\n{TinyBase.Text}"));
        await using var scene = await RunScene.CreateAsync(tiny, model, text);
        await scene.StartHubAsync();
        scene.StartWorker();
        var spec = new TrainSpec
        {
            Base = "ada/base", Output = "output", Device = device, Data = new TextSource { Files = ["ada/texts"] }, Lora = new LoraSettings { Rank = 16 }, Loop = loop,
        };
        var run = (await scene.Client.StartRunAsync(new HubNewRun { Spec = JsonSerializer.SerializeToElement<RunSpec>(spec, ProtocolJson.Default.RunSpec), Target = "ada/made" }, RunScene.Cancel)).Id;
        using var socket = await RunSocket.ConnectAsync(scene.Address, scene.Token, RunScene.Cancel);
        var (seen, delays) = (new List<RunEvent>(), new List<double>());
        await foreach (var item in socket.StreamAsync("Watch", $"[{run},0]", RunScene.Cancel))
        {
            seen.Add(item.Deserialize(ProtocolJson.Default.RunEvent)!);
            if (seen[^1] is StepTaken step)
                delays.Add((TimeProvider.System.GetUtcNow() - step.At).TotalMilliseconds);
        }

        await scene.FinishAsync(run);
        seen.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, seen.Count).Select(number => (long)number));
        seen.OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, loop.Steps!.Value));
        await PullAsync(scene);
        var bare = await TrainAloneAsync(spec, model, text);
        Tell(device, seen, delays, bare);
    }

    private async Task PullAsync(RunScene scene)
    {
        using var program = new CliProgram(tiny.Home);
        var pulled = Path.Combine(_folder, "pulled");
        program.Environment["ADAPTERHUB_TOKEN"] = scene.Token;
        await program.SucceedAsync("pull", "ada/made", "--hub", scene.Address.ToString(), "--out", pulled);
        PeftAdapterFolder.Read(pulled).Modules.ShouldNotBeEmpty();
    }

    private async Task<List<RunEvent>> TrainAloneAsync(TrainSpec spec, string model, string text)
    {
        var (data, file) = (Path.Combine(_folder, "train.txt"), Path.Combine(_folder, "spec.json"));
        await File.WriteAllTextAsync(data, text, RunScene.Cancel);
        var alone = spec with
        {
            Base = model, Output = Path.Combine(_folder, "alone"), Data = spec.Data with { Files = [data] }, Loop = spec.Loop with { CheckpointEvery = 0 },
        };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize<RunSpec>(alone, ProtocolJson.Default.RunSpec), RunScene.Cancel);
        using var trainer = Process.Start(new ProcessStartInfo("dotnet", [Program, "trainer", file]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var events = new List<RunEvent>();
        while (await trainer.StandardOutput.ReadLineAsync(RunScene.Cancel) is { } line)
            events.Add(JsonSerializer.Deserialize(line, ProtocolJson.Default.RunEvent)!);
        await trainer.WaitForExitAsync(RunScene.Cancel);
        trainer.ExitCode.ShouldBe(0);
        return events;
    }

    private static void Tell(string device, List<RunEvent> hub, List<double> delays, List<RunEvent> bare)
    {
        delays.Sort();
        var (through, alone) = (Speed(hub), Speed(bare));
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{device}: through the hub {through:F0} tok/s from first to last step, checkpoints and all; the trainer alone without checkpoints {alone:F0} tok/s; ratio {through / alone:F3}. "
            + $"{hub.Count} events over the WebSocket, from stamp to viewer median {delays[delays.Count / 2]:F0} ms, p99 {delays[(int)(delays.Count * 0.99)]:F0} ms");
        DeviceReport.Add(line);
    }

    /// <summary>Tokens a second of the clock between the first and the last report of steps.</summary>
    private static double Speed(List<RunEvent> events)
    {
        var steps = events.OfType<StepTaken>().ToList();
        return (steps[^1].Tokens - steps[0].Tokens) / (steps[^1].At - steps[0].At).TotalSeconds;
    }
}
