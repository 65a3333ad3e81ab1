using AdapterHub.Catalog.Runs;
using AdapterHub.Formats.Sizing;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Runs;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Arithmetic alone; the figures that it is held against were measured and stand in README, "Figures".</summary>
public sealed class RunForecastTests
{
    private const long Million = 1_000_000;
    private static readonly ModelSizes Small = new(30, 576, 1536, 576, 192, 9, 49152) { Context = 4096 };
    private static readonly ModelSizes Large = new(16, 2048, 8192, 2048, 512, 32, 128256) { Context = 4096 };
    private static readonly ModelSizes Tiny = new(8, 320, 864, 320, 320, 5, 8192) { Context = 512, HasTiedHead = true };

    [Fact]
    public void Epochs_GiveStepsAndTimeFromTheSpeed()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { Epochs = 2, BatchSize = 8, SequenceLength = 500, EvaluateEvery = 0 }, heldOut: 0), Counted(Million), null, On(1000));

        (forecast.Steps, forecast.TokensRead, forecast.Readings).ShouldBe((500, 2 * Million, 2));
        forecast.Seconds.ShouldBe(2000);
        forecast.Price.ShouldBe(2000 / 3600.0 * 3);
    }

    [Fact]
    public void HeldOutText_IsNotTrainedOnButMeasured()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { Epochs = 1, BatchSize = 8, SequenceLength = 500 }), Counted(Million), null, On(1000));

        forecast.Steps.ShouldBe(238, "95 % of the tokens, in steps of 4,000");
        forecast.Seconds!.Value.ShouldBe((238 * 4000 + 11 * 50_000 * 0.5) / 1000, 1);
    }

    [Fact]
    public void Steps_WinOverEpochsAndNoSpeedGivesNoTime()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { Steps = 7, Epochs = 2 }), Counted(Million), null, null);

        (forecast.Steps, forecast.Seconds, forecast.MemoryBytes).ShouldBe((7, null, null));
        forecast.Warnings.ShouldContain("No worker is here now: the run waits until one comes.");
    }

    /// <summary>Within an eighth: what the allocator loses between tensors is in the measured figures and not in the formula.</summary>
    [Theory]
    [InlineData("135M", 8, 5.1)]
    [InlineData("1B", 4, 8.7)]
    public void Memory_IsNearWhatAGpuTookAtMost(string shape, int rows, double gibibytes)
    {
        var forecast = RunForecast.Of(
            Spec(new LoopSettings { BatchSize = rows, SequenceLength = 1024 }), Counted(Million), shape == "1B" ? Large : Small, new ForecastWorker("gpu", true, 80L << 30));

        (forecast.MemoryBytes!.Value / (double)(1L << 30)).ShouldBeInRange(gibibytes * 0.88, gibibytes * 1.12);
        forecast.Memory.ShouldBe(MemoryVerdict.Fits);
    }

    [Theory]
    [InlineData("135M", 223_017)]
    [InlineData("1B", 75_574)]
    public void SpeedWithoutRuns_IsGuessedAsMeasuredOnThatCard(string shape, double measured)
    {
        var speed = TrainingSpeed.Find([], "gpu", true, "NVIDIA H100 80GB HBM3", (shape == "1B" ? Large : Small).Parameters)!;

        speed.TokensPerSecond.ShouldBe(measured, measured * 0.02);
        speed.IsGuess.ShouldBeTrue();
        speed.Source.ShouldContain("a guess");
        TrainingSpeed.Find([], "gpu", true, "NVIDIA A100-SXM4-80GB", Small.Parameters)!.TokensPerSecond.ShouldBe(speed.TokensPerSecond * 312 / 989 * (shape == "1B" ? 223_017.0 / measured : 1), measured);
        TrainingSpeed.Find([], "gpu", true, null, null).ShouldBeNull();
    }

    [Fact]
    public void MeasuredSpeed_ComesFromTheWorkersOwnRunsBeforeThoseOfOthers()
    {
        RunSpeed[] measured = [new("other", false, 400, 1), new("third", false, 1000, 2), new("gpu", true, 90_000, 5)];

        TrainingSpeed.Find([.. measured, new("mine", false, 150, 3)], "mine", false, "cpu", 1)!.ShouldBe(new TrainingSpeed(150, "measured in the last 3 runs of this base on mine", false));
        TrainingSpeed.Find(measured, "mine", false, "cpu", 1)!.TokensPerSecond.ShouldBe(800);
    }

    [Fact]
    public void TooLittleMemory_SaysSoWithRowsThatFit()
    {
        var forecast = RunForecast.Of(Spec(new LoopSettings { BatchSize = 8, SequenceLength = 1024 }), Counted(Million), Small, new ForecastWorker("desk", true, 3L << 30));

        forecast.Memory.ShouldBe(MemoryVerdict.TooLarge);
        forecast.Warnings[0].ShouldMatch(@"^It does not fit: about 5\.\d+ GB are needed and desk has 3\.22 GB\. Take 3 rows at once and 3 passes a step");
        RunForecast.Of(Spec(new LoopSettings { BatchSize = 3, SequenceLength = 1024 }), Counted(Million), Small, new ForecastWorker("desk", true, 3L << 30)).Memory.ShouldNotBe(MemoryVerdict.TooLarge);
    }

    [Fact]
    public void Warnings_NameWhatWillGoWrong()
    {
        var text = new ForecastText(4000, 1000, TokenBasis.Counted) { Documents = 1, Lengths = [100, 300, 700, 1200] };

        var warnings = RunForecast.Of(Spec(new LoopSettings { Steps = 1000, SequenceLength = 600 }), text, Tiny, On(1000)).Warnings;

        warnings.Count.ShouldBe(5);
        warnings[0].ShouldStartWith("Rows of 600 tokens are longer than the 512");
        warnings[1].ShouldStartWith("50 % of the examples are longer than a row of 600 tokens: their ends are cut off and not learnt (the longest has 1,200)");
        warnings[2].ShouldStartWith("The text is short for rank 16 (1,000 tokens)");
        warnings[3].ShouldStartWith("The text is too short to hold a part of it out");
        warnings[4].ShouldContain("times: watch the held-out loss");
    }

    [Fact]
    public void TargetsThatTheBaseLacks_AreWarnedOf()
    {
        var spec = Spec(new LoopSettings());
        var none = RunForecast.Of(spec with { Lora = spec.Lora with { Targets = ["c_attn"] } }, Counted(Million), Tiny, On(1000));
        none.Warnings.ShouldContain(warning => warning.Contains("c_attn", StringComparison.Ordinal));
        RunForecast.Of(spec with { Lora = spec.Lora with { Targets = ["q_proj", "v_proj"], Rank = 4 } }, Counted(Million), Tiny, On(1000)).TrainedParameters.ShouldBe(8 * 2 * 4 * 640);
    }

    private static ForecastText Counted(long tokens) => new(tokens * 4, tokens, TokenBasis.Counted) { Documents = 1000 };

    private static ForecastWorker On(double speed) => new("here", false, 16L << 30) { Speed = new TrainingSpeed(speed, "measured", false), HourlyPrice = 3 };

    private static TrainSpec Spec(LoopSettings loop, double? heldOut = null) => new() { Base = "b", Output = "o", Data = new TextSource { Files = ["t"], EvaluationFraction = heldOut }, Loop = loop };
}
