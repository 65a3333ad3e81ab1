using System.Text.Json;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Several runs of one person in one trainer: a real hub, a real worker started with --together.</summary>
public sealed class JointRunTests(TinyBase tiny)
{
    private const int Steps = 40;

    [Fact]
    public async Task ThreeRunsOnOneBase_ShareATrainer_AndLearnAsAlone()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        List<long> runs = [await StartAsync(scene, "a", 4), await StartAsync(scene, "b", 8), await StartAsync(scene, "c", 4, seed: 5)];
        var different = await StartAsync(scene, "d", 4, sequence: 64);
        scene.StartWorker("--together", "4");
        var ended = new List<HubRun>();
        foreach (var run in runs)
            ended.Add(await scene.FinishAsync(run));
        await scene.FinishAsync(different);
        ended.Max(run => run.StartedAt!.Value).ShouldBeLessThan(ended.Min(run => run.FinishedAt!.Value), "all three began before the first had ended");
        (await scene.Client.GetRunAsync(different, RunScene.Cancel)).Run.StartedAt.ShouldNotBeNull().ShouldBeGreaterThan(ended.Max(run => run.FinishedAt!.Value), "rows of another length cannot share a pass");

        await scene.KillWorkerAsync();
        scene.StartWorker();
        var alone = await StartAsync(scene, "alone", 8);
        await scene.FinishAsync(alone);
        var (together, single) = (Losses(await scene.EventsAsync(runs[1])), Losses(await scene.EventsAsync(alone)));
        together.Count.ShouldBe(Steps);
        together.Zip(single, (one, other) => Math.Abs(one - other)).Max().ShouldBeLessThan(1e-4);
        (await scene.EventsAsync(runs[1])).OfType<RunWarned>().ShouldBeEmpty();
    }

    [Fact]
    public async Task TheirTrainerKilled_EachGoesOnAlone()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        List<long> runs = [await StartAsync(scene, "a", 4), await StartAsync(scene, "b", 8)];
        scene.StartWorker("--together", "2");
        await scene.WaitAsync(runs[1], now => now.Step >= 12);
        (await scene.KillTrainerAsync()).ShouldBeTrue();
        foreach (var run in runs)
        {
            await scene.FinishAsync(run);
            var events = await scene.EventsAsync(run);
            events.OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, Steps));
            events.OfType<RunWarned>().ShouldHaveSingleItem().Message.ShouldStartWith("Trained together with others, it could not go on: the trainer died (exit code 137). It goes on alone, from ");
            events.OfType<AdapterPublished>().ShouldHaveSingleItem();
        }
    }

    private static List<double> Losses(IEnumerable<RunEvent> events) => [.. events.OfType<StepTaken>().Select(step => step.Loss)];

    private static async Task<long> StartAsync(RunScene scene, string target, int rank, ulong seed = 1, int sequence = 128) => (await scene.Client.StartRunAsync(new HubNewRun
    {
        Target = $"ada/{target}",
        Spec = JsonSerializer.SerializeToElement<RunSpec>(new TrainSpec
        {
            Base = "ada/tiny", Output = "output", Device = "cpu", Data = new TextSource { Files = ["ada/texts"], Split = "paragraphs" },
            Lora = new LoraSettings { Rank = rank },
            Loop = new LoopSettings { Steps = Steps, BatchSize = 8, SequenceLength = sequence, CheckpointEvery = 10, EvaluateEvery = 20, Seed = seed },
        }, ProtocolJson.Default.RunSpec),
    }, RunScene.Cancel)).Id;
}
