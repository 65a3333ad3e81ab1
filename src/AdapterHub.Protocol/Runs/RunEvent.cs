using System.Text.Json.Serialization;

namespace AdapterHub.Protocol.Runs;

/// <summary>
/// Something that happened in a run. Events of one run are numbered from 1 without gaps, so that a view can replay from any number.
/// The last event of every run is one of <see cref="TrainingFinished"/>, <see cref="EvaluationFinished"/>, <see cref="BlendFinished"/>,
/// <see cref="RunInterrupted"/> and <see cref="RunFailed"/>; on a hub, which writes states of its own, a <see cref="RunStateChanged"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(PhaseEntered), "phase")]
[JsonDerivedType(typeof(TrainingStarted), "started")]
[JsonDerivedType(typeof(StepTaken), "step")]
[JsonDerivedType(typeof(HeldOutMeasured), "evaluation")]
[JsonDerivedType(typeof(CheckpointSaved), "checkpoint")]
[JsonDerivedType(typeof(RunWarned), "warning")]
[JsonDerivedType(typeof(FileMeasured), "file")]
[JsonDerivedType(typeof(TrainingFinished), "trained")]
[JsonDerivedType(typeof(EvaluationFinished), "evaluated")]
[JsonDerivedType(typeof(InterferenceMeasured), "interference")]
[JsonDerivedType(typeof(WeightsStep), "weights_step")]
[JsonDerivedType(typeof(WeightsLearned), "weights_learned")]
[JsonDerivedType(typeof(BlendMeasured), "blend_measured")]
[JsonDerivedType(typeof(BlendProven), "blend_proven")]
[JsonDerivedType(typeof(BlendFinished), "blended")]
[JsonDerivedType(typeof(RunLogged), "log")]
[JsonDerivedType(typeof(RunStateChanged), "state")]
[JsonDerivedType(typeof(AdapterPublished), "published")]
[JsonDerivedType(typeof(RunInterrupted), "interrupted")]
[JsonDerivedType(typeof(RunFailed), "failed")]
public abstract record RunEvent
{
    /// <summary>From 1.</summary>
    public long Number { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>The run begins something that takes time, such as loading the base model.</summary>
/// <param name="Share">0 to 1 where progress is known.</param>
public sealed record PhaseEntered(string Phase, double? Share = null) : RunEvent;

/// <summary>Everything is loaded and checked, the first step follows.</summary>
public sealed record TrainingStarted : RunEvent
{
    /// <summary>Planned; fewer are taken where a limit of time is reached first.</summary>
    public required int Steps { get; init; }

    /// <summary>0, or the step of the checkpoint that the run goes on from.</summary>
    public int ResumedAt { get; init; }

    public required string Device { get; init; }

    public required string DType { get; init; }

    public required long TrainableParameters { get; init; }

    public required long TotalParameters { get; init; }

    public required double LearningRate { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Forward passes of one step.</summary>
    public int Accumulate { get; init; } = 1;

    public double StepsPerEpoch { get; init; }

    public required int SequenceLength { get; init; }

    public required long Documents { get; init; }

    /// <summary>Tokens of the training part.</summary>
    public required long Tokens { get; init; }

    public long HeldOutTokens { get; init; }

    /// <summary>What training is expected to take at its peak.</summary>
    public long EstimatedBytes { get; init; }
}

/// <summary>One optimiser step was taken.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean negative log likelihood (nats) of the step's learnt tokens.</param>
/// <param name="Tokens">Positions read so far in this sitting, padding included.</param>
/// <param name="TokensPerSecond">Since the last report, evaluations and checkpoints left out.</param>
/// <param name="SecondsLeft">Estimate to the end of the run; null while there is none.</param>
/// <param name="MemoryBytes">The most that tensors took on the device so far, where it was asked.</param>
/// <param name="GpuUtilization">Per cent of the driver's last sample period in which a kernel ran; null on the CPU and where it was not asked.</param>
public sealed record StepTaken(
    int Step, int Steps, double Loss, double LearningRate, double GradientNorm, long Tokens, double TokensPerSecond, double? SecondsLeft,
    long? MemoryBytes = null, int? GpuUtilization = null) : RunEvent;

/// <summary>The held-out text was measured, and the sample prompts continued. Step 0 is before any training.</summary>
/// <param name="Loss">Mean negative log likelihood in nats; null where nothing is held out.</param>
public sealed record HeldOutMeasured(int Step, double? Loss, double? Perplexity, IReadOnlyList<Sample> Samples) : RunEvent;

/// <summary>What a model made of a prompt.</summary>
public sealed record Sample(string Prompt, string Text);

public sealed record CheckpointSaved(int Step, string Path) : RunEvent;

public sealed record RunWarned(string Message) : RunEvent;

/// <summary>The perplexity on one file.</summary>
public sealed record FileMeasured(string Path, long Tokens, double Loss, double Perplexity) : RunEvent;

/// <summary>The result of training lies in its folder, whole.</summary>
public sealed record TrainingFinished : RunEvent
{
    public required string Output { get; init; }

    public required int Steps { get; init; }

    /// <summary>The step whose weights were kept.</summary>
    public required int KeptStep { get; init; }

    public required double Seconds { get; init; }

    public required long TrainableParameters { get; init; }

    public required long TotalParameters { get; init; }

    /// <summary>Tokens trained on, padding left out.</summary>
    public required long Tokens { get; init; }

    public required double TokensPerSecond { get; init; }

    public required long PeakBytes { get; init; }

    /// <summary>Mean over the last steps.</summary>
    public required double? Loss { get; init; }

    /// <summary>Held-out loss before training: the base model's.</summary>
    public double? HeldOutLossBefore { get; init; }

    public double? HeldOutLoss { get; init; }

    public double? HeldOutPerplexity { get; init; }

    /// <summary>Bytes of the files written.</summary>
    public long OutputBytes { get; init; }
}

/// <param name="BaseLoss">Of the base without its adapters, where that was asked for.</param>
public sealed record EvaluationFinished(long Tokens, double Loss, double Perplexity, double Seconds, double? BaseLoss = null) : RunEvent;

/// <summary>The run was stopped from outside; <paramref name="Checkpoint"/> is where it can go on.</summary>
public sealed record RunInterrupted(int Step, string? Checkpoint) : RunEvent;

/// <summary>The run ended without a result.</summary>
/// <param name="Message">For people: the thing, the value and what to do.</param>
/// <param name="IsInput">True where the spec or a file it names is at fault, false for a fault of the program.</param>
/// <param name="Cause">"memory", "diverged", "disk", "data" or null: for programs that do something about it.</param>
public sealed record RunFailed(string Message, bool IsInput, string? Cause = null) : RunEvent;

/// <summary>A line that the trainer or the worker wrote.</summary>
public sealed record RunLogged(string Line) : RunEvent;

/// <summary>A run of a hub is in another state.</summary>
public sealed record RunStateChanged(HubRunState State, string? Message = null) : RunEvent;

/// <summary>The adapter is in the catalogue.</summary>
public sealed record AdapterPublished(string Repository, string CommitId, IReadOnlyList<string> Warnings) : RunEvent;
