namespace AdapterHub.Engine.Training;

/// <summary>Time in training alone and from start to end, over all sittings of a run.</summary>
internal sealed class TrainingClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long? _trainingSince;
    private double _earlierWall;

    public double TrainingSeconds { get; private set; }

    public double WallSeconds => _earlierWall + time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Counts what earlier sittings took.</summary>
    public void Add(double trainingSeconds, double wallSeconds)
    {
        TrainingSeconds += trainingSeconds;
        _earlierWall += wallSeconds;
    }

    public void StartTraining() => _trainingSince = time.GetTimestamp();

    /// <summary>Counts the time since it was started, once.</summary>
    public void StopTraining()
    {
        if (_trainingSince is { } since)
            TrainingSeconds += time.GetElapsedTime(since).TotalSeconds;
        _trainingSince = null;
    }
}
