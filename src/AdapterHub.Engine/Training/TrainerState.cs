using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Training;

/// <summary>Where a run stands, but for its tensors; <c>trainer.json</c> of a checkpoint.</summary>
internal sealed record TrainerState
{
    /// <summary>Of the checkpoint's layout.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Updates done; fewer than the steps where gradients were not finite.</summary>
    public required long Updates { get; init; }

    /// <summary>The batch to come.</summary>
    public required DataPosition Position { get; init; }

    public required long Tokens { get; init; }

    public required double TrainingSeconds { get; init; }

    public required double WallSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }

    /// <summary>State of the CPU's generator, then of the GPU's where one is used.</summary>
    public required IReadOnlyList<byte[]> Random { get; init; }

    /// <summary>Of the CPU: sums are split among them, so another number changes the last bits.</summary>
    public required int Threads { get; init; }

    /// <summary>Everything that decides the loss curve, by name.</summary>
    public required IReadOnlyDictionary<string, string> Identity { get; init; }

    public required IReadOnlyList<EvaluationPoint> Evaluations { get; init; }
}
