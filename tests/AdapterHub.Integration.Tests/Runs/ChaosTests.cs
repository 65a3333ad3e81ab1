using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Schedules of kills by seed: whatever dies when, nothing is lost, nothing twice, nothing stuck, and the adapter is that of a calm run.</summary>
public sealed class ChaosTests(TinyBase tiny)
{
    private const int Steps = 40;

    [Fact]
    [Trait("Category", "Slow")]
    public Task TwoSchedules_ChangeNothing() => SurviveAsync(1, 2);

    [Fact]
    [Trait("Category", "Slow")]
    public Task FiftySchedules_ChangeNothing() => SurviveAsync(100, 50);

    private async Task SurviveAsync(int firstSeed, int schedules)
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        scene.StartWorker();
        var calm = await scene.StartRunAsync("calm", Steps);
        var adapter = await scene.AdapterAsync(await scene.FinishAsync(calm));
        var curve = RunScene.Curve(await scene.EventsAsync(calm));
        for (var seed = firstSeed; seed < firstSeed + schedules; seed++)
        {
            var run = await scene.StartRunAsync($"chaos-{seed}", Steps);
            await DisturbAsync(scene, run, new Random(seed));
            var finished = await scene.FinishAsync(run);
            var events = await scene.EventsAsync(run);

            events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number), $"seed {seed}");
            RunScene.Curve(events).ShouldBe(curve, $"seed {seed}");
            (await scene.AdapterAsync(finished)).ShouldBe(adapter, $"seed {seed}");
            events.Count(happened => happened is AdapterPublished).ShouldBe(1, $"seed {seed}");
        }
    }

    private static async Task DisturbAsync(RunScene scene, long run, Random random)
    {
        // Between kills a checkpoint's worth of steps, so that no run meets the limit of workers lost without progress.
        for (var step = random.Next(0, 12); step < Steps; step += random.Next(11, 25))
        {
            var when = step;
            await scene.WaitAsync(run, now => now.Step >= when || now.State == HubRunState.Succeeded);
            switch (random.Next(4))
            {
                case 0:
                    await scene.KillTrainerAsync();
                    break;
                case 1:
                    await scene.KillWorkerAsync();
                    scene.StartWorker();
                    break;
                case 2:
                    await scene.KillHubAsync();
                    await scene.StartHubAsync();
                    break;
                default:
                    await scene.KillHubAsync();
                    await scene.KillWorkerAsync();
                    await scene.StartHubAsync();
                    scene.StartWorker();
                    break;
            }
        }
    }
}
