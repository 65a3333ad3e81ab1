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

        // Three where the hub took longer than a lease to come back.
        finished.Attempt.ShouldBeGreaterThanOrEqualTo(2);
        var (calmEvents, events) = (await scene.EventsAsync(calm), await scene.EventsAsync(run));
        events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        RunScene.Curve(events).ShouldBe(RunScene.Curve(calmEvents));
        events.OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, 120));
        (await scene.AdapterAsync(finished)).ShouldBe(await scene.AdapterAsync(undisturbed));
        (await scene.AdapterAsync(finished)).Count.ShouldBe(2);
        events.OfType<RunStateChanged>().Last().State.ShouldBe(HubRunState.Succeeded);
        events.OfType<AdapterPublished>().ShouldHaveSingleItem().Repository.ShouldBe("ada/stormy");
    }

    /// <summary>One command is enough: the hub's own worker carries the run out, ends with a hub that is killed, and the next one goes on.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task HubKilledWithItsOwnWorker_TheNextOneGoesOn()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync(withWorker: true);
        var run = await scene.StartRunAsync("own", 60);
        await scene.WaitAsync(run, now => now.Step >= 25);

        await scene.KillHubAsync();
        await scene.StartHubAsync(withWorker: true);

        await scene.FinishAsync(run);
        (await scene.EventsAsync(run)).OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, 60));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task PausedAndCancelled_TheWorkerStopsAndTheRestGoesOn()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        scene.StartWorker();
        var run = await scene.StartRunAsync("paused", 60);
        var other = await scene.StartRunAsync("cancelled", 5000);
        await scene.WaitAsync(run, now => now.Step >= 12);

        await scene.Client.SteerRunAsync(run, "pause", RunScene.Cancel);
        await scene.WaitAsync(run, now => now.State == HubRunState.Paused);
        await scene.WaitAsync(other, now => now.Step >= 5);
        await scene.Client.SteerRunAsync(run, "resume", RunScene.Cancel);
        await scene.Client.SteerRunAsync(other, "cancel", RunScene.Cancel);

        await scene.FinishAsync(run);
        (await scene.Client.GetRunAsync(other, RunScene.Cancel)).Run.State.ShouldBe(HubRunState.Cancelled);
        var events = await scene.EventsAsync(run);
        events.OfType<StepTaken>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, 60));
        events.OfType<TrainingStarted>().Last().ResumedAt.ShouldBeGreaterThanOrEqualTo(12);
    }
}
