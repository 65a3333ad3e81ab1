namespace AdapterHub.Engine.Training;

/// <summary>The learning rate at every step: a linear warm-up, then down to <see cref="FloorShare"/> of the peak at the last step.</summary>
/// <param name="Shape">How it falls.</param>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmupSteps">Steps before the peak.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="FloorShare">Of the peak.</param>
public sealed record RateSchedule(RateShape Shape, double Peak, int WarmupSteps, int Steps, double FloorShare)
{
    /// <param name="step">From 0. The first step has a rate above 0, so that it is not wasted.</param>
    public double At(int step)
    {
        if (step < WarmupSteps)
            return Peak * (step + 1) / (WarmupSteps + 1);
        var progress = Math.Clamp((double)(step - WarmupSteps) / Math.Max(1, Steps - 1 - WarmupSteps), 0, 1);
        var height = Shape switch
        {
            RateShape.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            RateShape.Linear => 1 - progress,
            _ => 1,
        };
        return Peak * (FloorShare + (1 - FloorShare) * height);
    }
}
