using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>What a sweep takes, by arithmetic alone.</summary>
public sealed class SweepForecastTests
{
    [Fact]
    public void RunsThatShareAPass_TakeLessOnAGpuAndOneAfterAnotherOnTheProcessor()
    {
        var runs = Enumerable.Range(1, 4).Select(rank => (Spec(4 * rank), 187.0)).ToList();

        SweepForecast.Of(runs, hasGpu: true).ShouldBe(new SweepForecast(TimeSpan.FromSeconds(748), TimeSpan.FromSeconds(400)));
        SweepForecast.Of(runs, hasGpu: false).ShouldBe(new SweepForecast(TimeSpan.FromSeconds(748), TimeSpan.FromSeconds(748)));
    }

    [Fact]
    public void FifthRun_WaitsForTheFour()
    {
        var forecast = SweepForecast.Of([.. Enumerable.Range(1, 5).Select(rank => (Spec(4 * rank), 187.0))], hasGpu: true);

        forecast.Shortest.ShouldBe(TimeSpan.FromSeconds(587));
    }

    [Fact]
    public void RunsOfOtherLengths_ShareNothing()
    {
        var forecast = SweepForecast.Of([(Spec(8, 128), 10), (Spec(8, 256), 20), (Spec(8, 512), 30)], hasGpu: true);

        forecast.ShouldBe(new SweepForecast(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)));
    }

    private static TrainSpec Spec(int rank, int sequence = 128) => new()
    {
        Base = "ada/base", Output = "output", Data = new TextSource { Files = ["ada/texts"] }, Lora = new LoraSettings { Rank = rank }, Loop = new LoopSettings { SequenceLength = sequence },
    };
}
