using System.Globalization;

namespace AdapterHub.Engine.Training;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum RateShape
{
    /// <summary>Half a cosine down to the floor (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,

    /// <summary>A straight line down to the floor.</summary>
    Linear,

    /// <summary>It does not fall.</summary>
    Constant,
}

/// <summary>Whether a step on a GPU is recorded once and replayed as one launch.</summary>
public enum GraphMode
{
    /// <summary>On a GPU.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>
/// Settings of a training run that do not belong to the data, the base model or the adapter. <see cref="TrainingDefaults"/> makes sensible ones.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Optimiser steps; null takes them from <see cref="Epochs"/>.</summary>
    public int? Steps { get; init; }

    /// <summary>Passes over the data, used where <see cref="Steps"/> is null.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>Rows a forward pass.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Forward passes an optimiser step; their tokens count alike, however unevenly the loss tokens fall.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The highest learning rate, reached at the end of the warm-up.</summary>
    public required double LearningRate { get; init; }

    public RateShape Shape { get; init; } = RateShape.Cosine;

    /// <summary>Steps of linear warm-up; null is 3 % of the steps, at most 100.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>The rate at the end as a share of the highest, 0 to 1.</summary>
    public double FloorShare { get; init; } = 0.1;

    /// <summary>Decoupled weight decay, on matrices only (Loshchilov and Hutter 2019).</summary>
    public double WeightDecay { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Gradients are scaled down to this global 2-norm; 0 never.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Of dropout. The order of the data and the first values of the parameters have seeds of their own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Steps between evaluations; null is a tenth of the steps. There is always one before the first step and one after the last.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>At most this many batches of held-out rows an evaluation.</summary>
    public int EvaluationBatches { get; init; } = 64;

    /// <summary>Continued at each evaluation.</summary>
    public IReadOnlyList<string> SamplePrompts { get; init; } = [];

    /// <summary>Steps between checkpoints; null is as often as evaluations.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>Checkpoints kept besides the best one.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>End with the parameters of the evaluation that had the lowest held-out loss, not those of the last step.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Steps between reports of the loss; null is 1 on the CPU and 10 on a GPU, where reading it waits for the device.</summary>
    public int? LogEvery { get; init; }

    public GraphMode Graph { get; init; } = GraphMode.Auto;

    /// <summary>Keep one activation a layer and compute the rest again going backward: much less memory, about a third more time.</summary>
    public bool CheckpointActivations { get; init; }

    /// <summary>Start even where the estimate says that the memory will not suffice.</summary>
    public bool IgnoreMemoryEstimate { get; init; }

    internal int ResolveSteps(double batchesPerEpoch) =>
        Steps ?? (int)Math.Clamp(Math.Round(Epochs * batchesPerEpoch / Accumulation), 1, int.MaxValue);

    internal RateSchedule ScheduleFor(int steps) =>
        new(Shape, LearningRate, WarmupSteps ?? (int)Math.Min(100, Math.Ceiling(0.03 * steps)), steps, FloorShare);

    /// <exception cref="TrainingException">Every setting out of its range, at once.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        Require(Steps is null or > 0, "steps", Steps, "at least 1");
        Require(Steps is not null || (Epochs > 0 && double.IsFinite(Epochs)), "epochs", Epochs, "above 0");
        Require(BatchSize > 0, "the batch size", BatchSize, "at least 1");
        Require(Accumulation > 0, "the accumulation", Accumulation, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "the learning rate", LearningRate, "above 0, such as 2e-4");
        Require(WarmupSteps is null or >= 0, "the warm-up", WarmupSteps, "0 or more steps");
        Require(FloorShare is >= 0 and <= 1, "the floor of the learning rate", FloorShare, "a share from 0 to 1");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "the weight decay", WeightDecay, "0 or more");
        Require(Beta1 is >= 0 and < 1, "beta1", Beta1, "from 0 to below 1");
        Require(Beta2 is >= 0 and < 1, "beta2", Beta2, "from 0 to below 1");
        Require(Epsilon > 0, "epsilon", Epsilon, "above 0");
        Require(ClipNorm >= 0, "the clipping norm", ClipNorm, "0 (off) or more");
        Require(EvaluateEvery is null or > 0, "steps between evaluations", EvaluateEvery, "at least 1");
        Require(EvaluationBatches > 0, "evaluation batches", EvaluationBatches, "at least 1");
        Require(CheckpointEvery is null or > 0, "steps between checkpoints", CheckpointEvery, "at least 1");
        Require(KeepCheckpoints > 0, "kept checkpoints", KeepCheckpoints, "at least 1");
        Require(LogEvery is null or > 0, "steps between reports", LogEvery, "at least 1");
        if (problems.Count > 0)
            throw new TrainingException(TrainingFailure.Options, string.Join("\n", problems));

        void Require(bool holds, string name, IFormattable? value, string wanted)
        {
            if (!holds)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {value?.ToString(null, CultureInfo.InvariantCulture)} is not allowed; give {wanted}"));
        }
    }

    /// <summary>What a resumed run must share for its loss curve to go on as it would have.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Identity(int steps)
    {
        yield return Pair("steps", steps);
        // However they are divided into forward passes, which a shortage of memory may change.
        yield return Pair("rows a step", BatchSize * Accumulation);
        yield return Pair("learning rate", LearningRate);
        yield return new("schedule", Shape.ToString().ToLowerInvariant());
        yield return Pair("warm-up steps", ScheduleFor(steps).WarmupSteps);
        yield return Pair("floor share", FloorShare);
        yield return Pair("weight decay", WeightDecay);
        yield return Pair("beta1", Beta1);
        yield return Pair("beta2", Beta2);
        yield return Pair("epsilon", Epsilon);
        yield return Pair("clipping norm", ClipNorm);
        yield return new("seed", Seed.ToString(CultureInfo.InvariantCulture));

        static KeyValuePair<string, string> Pair(string name, double value) => new(name, value.ToString("R", CultureInfo.InvariantCulture));
    }
}
