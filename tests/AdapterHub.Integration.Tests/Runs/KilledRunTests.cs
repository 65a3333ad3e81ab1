using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Real processes on the CPU: whatever is killed in the middle, the run ends as if nothing had been.</summary>
public sealed class KilledRunTests(TinyBase tiny)
{
    [Fact]
    public async Task WorkerTrainerAndHubKilled_TheRunEndsAsTheUndisturbedOne()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        scene.StartWorker();
        var calm = await scene.StartRunAsync("calm");
        var undisturbed = await scene.FinishAsync(calm);

        var run = await scene.StartRunAsync("stormy");
        await scene.WaitAsync(run, now => now.Step >= 25);
        await scene.KillTrainerAsync();
        await scene.WaitAsync(run, now => now.Step >= 45);
        await scene.KillWorkerAsync();
        scene.StartWorker();
        await scene.WaitAsync(run, now => now.Step >= 70);
        await scene.KillHubAsync();
        await scene.StartHubAsync();
        var finished = await scene.FinishAsync(run);

        finished.Attempt.ShouldBe(2);
        var (calmEvents, events) = (await scene.EventsAsync(calm), await scene.EventsAsync(run));
        events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        RunScene.Curve(events).ShouldBe(RunScene.Curve(calmEvents));
        events.OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, 120));
        (await scene.AdapterAsync(finished)).ShouldBe(await scene.AdapterAsync(undisturbed));
        (await scene.AdapterAsync(finished)).Count.ShouldBe(2);
        events.OfType<RunStateChanged>().Last().State.ShouldBe(HubRunState.Succeeded);
        events.OfType<AdapterPublished>().ShouldHaveSingleItem().Repository.ShouldBe("ada/stormy");
    }
}
