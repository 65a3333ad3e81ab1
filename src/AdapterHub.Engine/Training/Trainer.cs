using System.Globalization;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats.Sizing;

namespace AdapterHub.Engine.Training;

/// <summary>
/// Trains an adapter or a whole model. On the CPU a run that was killed and resumed has the loss curve of one that was not, bit for bit, with the same
/// number of threads.
/// </summary>
/// <param name="target">What is trained.</param>
/// <param name="training">Rows to train on.</param>
/// <param name="heldOut">Rows to evaluate on; null evaluates nothing.</param>
/// <param name="options">How.</param>
/// <param name="folder">For the result; checkpoints go into a folder inside it.</param>
public sealed class Trainer(ITrainingTarget target, IRowSource training, IRowSource? heldOut, TrainingOptions options, string folder)
{
    /// <summary>Inside the folder of the result.</summary>
    public const string CheckpointsName = "checkpoints";

    /// <summary>Told of everything, in order, on the thread that trains.</summary>
    public Action<TrainingEvent> Report { get; init; } = _ => { };

    /// <summary>Continues a prompt with what has been trained so far; null makes no samples.</summary>
    public Func<string, string>? Sample { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Trains to the end, or until cancelled: then the current step is finished and a checkpoint left.</summary>
    /// <param name="resume">Go on from the newest checkpoint in the folder.</param>
    /// <param name="cancellation">Looked at after each step.</param>
    /// <exception cref="TrainingException">The run cannot start or go on; its message says what to do.</exception>
    public TrainingReport Run(bool resume = false, CancellationToken cancellation = default)
    {
        using var run = Begin(resume);
        run.Train(cancellation);
        return run.Finish();
    }

    internal TrainingOptions Options => options;

    internal int SequenceLength => training.SequenceLength;

    /// <summary>The target, where it is an adapter.</summary>
    internal AdapterTarget? Adapter => target as AdapterTarget;

    /// <summary>A run before its first step, measured once.</summary>
    internal TrainingRun Begin(bool resume)
    {
        options.Validate();
        var checkpoints = new CheckpointFolder(Path.Combine(folder, CheckpointsName));
        var from = FindStart(checkpoints, resume);
        var state = from is null ? null : Checkpoint.ReadState(from);
        var stream = new BatchStream(training, options.BatchSize, state?.Position is { } position && position.Source == training.Digest ? position : null);
        var steps = options.ResolveSteps(stream.BatchesPerEpoch);
        var identity = Identity(steps);
        if (state is not null)
            RequireSame(from!, state.Identity, identity);
        CheckMemory(state?.Step ?? 0);
        target.CheckpointActivations = options.CheckpointActivations;
        var setup = new TrainingSetup(target, training, heldOut, options, folder, checkpoints, stream, steps, identity, Report, Sample, Time);
        var run = new TrainingRun(setup);
        try
        {
            run.Begin(from, state);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Memory that a run would take, for a look before one.</summary>
    public MemoryEstimate EstimateMemory() => EstimateMemory(options.CheckpointActivations);

    internal MemoryEstimate EstimateMemory(bool checkpointed) => target.EstimateMemory(options.BatchSize, training.SequenceLength, options.CheckpointActivations || checkpointed);

    private static string? FindStart(CheckpointFolder checkpoints, bool resume)
    {
        var steps = checkpoints.Steps();
        return (resume, steps) switch
        {
            (true, []) => throw new TrainingException(TrainingFailure.Resume, $"there is no checkpoint in {checkpoints.Path}; start without --resume"),
            (true, _) => checkpoints.PathOf(steps[^1]),
            (false, []) => null,
            _ => throw new TrainingException(
                TrainingFailure.Output,
                $"{checkpoints.Path} holds checkpoints of an earlier run (up to step {steps[^1]}); go on from them with --resume, or choose another --out"),
        };
    }

    private static void RequireSame(string from, IReadOnlyDictionary<string, string> then, IReadOnlyDictionary<string, string> now)
    {
        var differences = now.Keys.Union(then.Keys)
            .Select(name => (Name: name, Then: then.GetValueOrDefault(name, "not set"), Now: now.GetValueOrDefault(name, "not set")))
            .Where(setting => setting.Then != setting.Now)
            .Select(setting => $"{setting.Name} was {setting.Then} and is {setting.Now}").ToList();
        if (differences.Count > 0)
        {
            throw new TrainingException(
                TrainingFailure.Resume, $"cannot resume from {from}: {string.Join("; ", differences)}. Use the same settings and data, or start a new run in another folder");
        }
    }

    private Dictionary<string, string> Identity(int steps)
    {
        var identity = new Dictionary<string, string>(target.Identity, StringComparer.Ordinal)
        {
            ["sequence length"] = training.SequenceLength.ToString(CultureInfo.InvariantCulture),
            ["training data"] = training.Digest,
            ["held-out data"] = heldOut?.Digest ?? "none",
        };
        foreach (var (name, value) in options.Identity(steps))
            identity.Add(name, value);
        return identity;
    }

    private void CheckMemory(int step)
    {
        if (EstimateMemory().Compare(FreeMemory.Of(target.Device), options.BatchSize, options.CheckpointActivations) is not { } shortage)
            return;
        if (shortage.IsCertain && !options.IgnoreMemoryEstimate)
            throw new TrainingException(TrainingFailure.Memory, shortage.Message);
        Report(new TrainingWarning { Step = step, Message = shortage.Message });
    }
}
