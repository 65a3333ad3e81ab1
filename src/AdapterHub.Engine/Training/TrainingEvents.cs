using AdapterHub.Formats.Sizing;

namespace AdapterHub.Engine.Training;

/// <summary>What a run tells while it goes on, in order, on the thread that trains.</summary>
public abstract record TrainingEvent
{
    /// <summary>Optimiser steps done.</summary>
    public required int Step { get; init; }
}

/// <summary>The run begins, or goes on from a checkpoint when <see cref="TrainingEvent.Step"/> is above 0.</summary>
public sealed record TrainingStarted : TrainingEvent
{
    /// <summary>Of the whole run.</summary>
    public required int Steps { get; init; }

    public required long TrainableParameters { get; init; }

    public required long TotalParameters { get; init; }

    public required double StepsPerEpoch { get; init; }

    public required MemoryEstimate Memory { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}

/// <summary>Steps since the last event of this kind.</summary>
public sealed record TrainingProgress : TrainingEvent
{
    /// <summary>Mean loss a token of each step since the last report, the last one being <see cref="TrainingEvent.Step"/>.</summary>
    public required IReadOnlyList<CurvePoint> Points { get; init; }

    public required double LearningRate { get; init; }

    public required double Epoch { get; init; }

    /// <summary>Tokens read a second since the last report, evaluations and checkpoints not counted.</summary>
    public required double TokensPerSecond { get; init; }

    public required TimeSpan? Remaining { get; init; }
}

/// <summary>Held-out loss and samples.</summary>
public sealed record TrainingEvaluated : TrainingEvent
{
    public required EvaluationPoint Evaluation { get; init; }

    /// <summary>No evaluation so far was better.</summary>
    public required bool IsBest { get; init; }
}

/// <summary>A checkpoint is on the disk.</summary>
public sealed record CheckpointSaved : TrainingEvent
{
    public required string Folder { get; init; }
}

/// <summary>Something a person should know; the run goes on.</summary>
public sealed record TrainingWarning : TrainingEvent
{
    public required string Message { get; init; }
}

/// <summary>The last event.</summary>
public sealed record TrainingFinished : TrainingEvent
{
    public required TrainingReport Report { get; init; }
}
