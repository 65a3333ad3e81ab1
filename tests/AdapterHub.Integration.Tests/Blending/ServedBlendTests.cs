using System.Text.Json;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Integration.Tests.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Blending;

/// <summary><c>serve</c> as people start it, with the worker that it brings: two adapters are trained and then blended.</summary>
[Trait("Category", "Slow")]
public sealed class ServedBlendTests(TinyBase tiny) : IClassFixture<TinyBase>
{
    [Fact]
    public async Task TwoTrainedAdapters_AreBlendedByTheHubsOwnWorker()
    {
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync(withWorker: true);
        foreach (var name in new[] { "one", "two" })
            await scene.FinishAsync(await scene.StartRunAsync(name, steps: 10));
        var spec = new BlendSpec { Output = "", Base = "ada/tiny", Method = "ties", Rank = 4, Adapters = [new("ada/one", 0.5), new("ada/two", 0.5)], Report = true };

        var run = await scene.Client.StartRunAsync(
            new HubNewRun { Spec = JsonSerializer.SerializeToElement<RunSpec>(spec, ProtocolJson.Default.RunSpec), Target = "ada/both" }, RunScene.Cancel);
        await scene.FinishAsync(run.Id);

        var events = await scene.EventsAsync(run.Id);
        events.OfType<InterferenceMeasured>().ShouldHaveSingleItem();
        events.OfType<BlendProven>().ShouldHaveSingleItem().Tolerance.ShouldBeNull("ties is not the sum");
        events.OfType<AdapterPublished>().ShouldHaveSingleItem().Repository.ShouldBe("ada/both");
        (await scene.Client.GetLineageAsync("ada/both", RunScene.Cancel)).Parents.Select(parent => parent.Repository).ShouldBe(["ada/tiny", "ada/one", "ada/two", null], ignoreOrder: true);
    }
}
