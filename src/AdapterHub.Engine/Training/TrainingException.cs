namespace AdapterHub.Engine.Training;

/// <summary>Why a run cannot start or go on.</summary>
public enum TrainingFailure
{
    /// <summary>A setting is out of its range, or settings contradict each other.</summary>
    Options,

    /// <summary>The checkpoint is missing, broken, or of other settings, data or base.</summary>
    Resume,

    /// <summary>The folder for the result is in use by another run or cannot be written.</summary>
    Output,

    /// <summary>The estimate does not fit the memory.</summary>
    Memory,

    /// <summary>The loss became infinite or no number.</summary>
    Diverged,

    /// <summary>A checkpoint could not be written.</summary>
    Checkpoint,
}

/// <summary>A run that cannot start or go on. The message says what is wrong and what to do.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException(TrainingFailure failure, string message) : base(message) => Failure = failure;

    public TrainingException(TrainingFailure failure, string message, Exception inner) : base(message, inner) => Failure = failure;

    public TrainingFailure Failure { get; }
}
