using AdapterHub.Engine.Training;

namespace AdapterHub.Engine.Tests.Training;

public sealed class RateScheduleTests
{
    /// <summary>Rounding of a few double operations.</summary>
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData(RateShape.Cosine)]
    [InlineData(RateShape.Linear)]
    [InlineData(RateShape.Constant)]
    public void At_WarmsUpInEqualStepsToThePeak(RateShape shape)
    {
        var schedule = new RateSchedule(shape, 1, WarmupSteps: 4, Steps: 20, FloorShare: 0.1);
        for (var step = 0; step <= 4; step++)
            schedule.At(step).ShouldBe((step + 1) / 5.0, Tolerance);
    }

    [Fact]
    public void At_Cosine_FallsFromPeakOverTheMiddleToTheFloor()
    {
        var schedule = new RateSchedule(RateShape.Cosine, 2, WarmupSteps: 0, Steps: 101, FloorShare: 0.1);
        schedule.At(0).ShouldBe(2, Tolerance);
        schedule.At(50).ShouldBe(2 * 0.55, Tolerance);
        schedule.At(100).ShouldBe(0.2, Tolerance);
        for (var step = 1; step <= 100; step++)
            schedule.At(step).ShouldBeLessThan(schedule.At(step - 1));
    }

    [Fact]
    public void At_Linear_IsStraight() => new RateSchedule(RateShape.Linear, 1, 0, 11, 0).At(3).ShouldBe(0.7, Tolerance);

    [Fact]
    public void At_Constant_StaysAtThePeak() => new RateSchedule(RateShape.Constant, 0.3, 2, 10, 0).At(9).ShouldBe(0.3);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    public void At_RunsShorterThanTheWarmUp_HaveFiniteRatesAboveZero(int steps, int warmup)
    {
        for (var step = 0; step < steps; step++)
            new RateSchedule(RateShape.Cosine, 1, warmup, steps, 0.1).At(step).ShouldBeInRange(0.05, 1);
    }
}
