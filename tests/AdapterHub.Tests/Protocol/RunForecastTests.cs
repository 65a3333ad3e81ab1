using AdapterHub.Protocol.Runs;

namespace AdapterHub.Tests.Protocol;

public sealed class RunForecastTests
{
    private const long Bytes = 3_600_000; // a million tokens at the estimate

    [Fact]
    public void Epochs_GiveStepsAndTimeFromTheSpeed()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { Epochs = 2, BatchSize = 8, SequenceLength = 500 }), Bytes, 1000);

        forecast.Steps.ShouldBe(500);
        forecast.TokensRead.ShouldBe(2_000_000);
        forecast.Seconds.ShouldBe(2000);
        forecast.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Steps_WinOverEpochsAndNoSpeedGivesNoTime()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { Steps = 7, Epochs = 2 }), Bytes, null);

        (forecast.Steps, forecast.Seconds).ShouldBe((7, null));
    }

    [Fact]
    public void ShortText_WarnsOfTheRankAndOfManyReadings() =>
        RunForecast.Of(Spec(new LoopSettings { Steps = 1000 }), 2000, null).Warnings.Count.ShouldBe(2);

    private static TrainSpec Spec(LoopSettings loop) => new() { Base = "b", Output = "o", Data = new TextSource { Files = ["t"] }, Loop = loop };
}
