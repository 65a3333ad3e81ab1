using System.Globalization;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>A run whose settings have been checked.</summary>
internal sealed record TrainingSetup(
    ITrainingTarget Target, IRowSource Training, IRowSource? HeldOut, TrainingOptions Options, string Folder, CheckpointFolder Checkpoints,
    BatchStream Stream, int Steps, IReadOnlyDictionary<string, string> Identity, Action<TrainingEvent> Report, Func<string, string>? Sample, TimeProvider Time);

/// <summary>The loop.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingSetup _setup;
    private readonly TrainingOptions _options;
    private readonly ITrainingTarget _target;
    private readonly RateSchedule _schedule;
    private readonly AdamW _optimizer;
    private readonly StepHistory _history;
    private readonly StepSeat _seat;
    private readonly HeldOutEvaluation _evaluation;
    private readonly TrainingClock _clock;
    private readonly int _logEvery;
    private readonly int _evaluateEvery;
    private readonly int _checkpointEvery;
    private readonly TrainingBatch?[] _batches;
    private readonly List<CurvePoint> _curve = [];
    private readonly List<EvaluationPoint> _evaluations = [];
    private int _done;
    private int _reported;
    private long _tokens;
    private long _reportedTokens;
    private double _reportedSeconds;
    private long _earlierPeak;
    private bool _isCancelled;

    public TrainingRun(TrainingSetup setup)
    {
        (_setup, _options, _target) = (setup, setup.Options, setup.Target);
        _schedule = _options.ScheduleFor(setup.Steps);
        _evaluateEvery = _options.EvaluateEvery ?? Math.Max(1, setup.Steps / 10);
        _checkpointEvery = _options.CheckpointEvery ?? _evaluateEvery;
        _logEvery = _options.LogEvery ?? (_target.Device.IsCuda ? 10 : 1);
        _clock = new TrainingClock(setup.Time);
        _batches = new TrainingBatch?[_options.Accumulation];
        _optimizer = new AdamW(_target.Parameters, new AdamWSettings(_options.Beta1, _options.Beta2, _options.Epsilon, _options.WeightDecay, _options.ClipNorm));
        _history = new StepHistory(_target.Device, _logEvery);
        _seat = new StepSeat(_target, _optimizer, _history, (_options.Accumulation, _options.BatchSize, setup.Training.SequenceLength));
        _evaluation = new HeldOutEvaluation(_target, setup.HeldOut, _options, setup.Sample);
    }

    public StepSeat Seat => _seat;

    public bool IsOver => _done >= _setup.Steps || _isCancelled;

    /// <summary>Told when a step cannot be recorded; null where it is not to be.</summary>
    public Action<TorchException>? GraphFailed =>
        _options.Graph == GraphMode.Off ? null : reason => Warn($"the step could not be recorded as a CUDA graph and runs without, more slowly: {reason.Message}");

    private bool EvaluatesNow => _done == _setup.Steps || _done % _evaluateEvery == 0;

    private bool SavesNow => _done == _setup.Steps || _isCancelled || _done % _checkpointEvery == 0;

    private EvaluationPoint? Best => _evaluations.Where(point => point is { Step: > 0, Loss: not null }).MinBy(point => point.Loss);

    /// <summary>From the start, or from a checkpoint.</summary>
    public void Begin(string? from, TrainerState? state)
    {
        TorchRuntime.ResetPeak(_target.Device);
        _target.IsTraining = true;
        if (state is null)
            TorchRandom.Seed(_options.Seed);
        else
            Restore(from!, state);
        _setup.Report(new TrainingStarted
        {
            Step = _done,
            Steps = _setup.Steps,
            TrainableParameters = _target.Parameters.Sum(parameter => parameter.Value.Count),
            TotalParameters = _target.TotalParameters,
            StepsPerEpoch = _setup.Stream.BatchesPerEpoch / _options.Accumulation,
            Memory = _target.EstimateMemory(_options.BatchSize, _setup.Training.SequenceLength, _options.CheckpointActivations),
            Settings = _setup.Identity,
        });
        if (state is null)
            Evaluate();
        _clock.StartTraining();
    }

    /// <summary>All steps, alone.</summary>
    public void Train(CancellationToken cancellation)
    {
        using var step = TrainingStep.Of(_seat, GraphFailed);
        while (!IsOver)
        {
            if (!Draw())
                step.Forget();
            try
            {
                step.Run();
            }
            catch (TorchOutOfMemoryException reason)
            {
                throw OutOfMemory(reason);
            }

            Advance(cancellation);
            Settle();
        }
    }

    /// <summary>Uploads the batches of the next step to the seat.</summary>
    /// <returns>False when a recorded step must be recorded again.</returns>
    public bool Draw()
    {
        for (var k = 0; k < _batches.Length; k++)
        {
            _batches[k] = _setup.Stream.Next(_batches[k]);
            _tokens += _batches[k]!.FilledPositions;
        }

        return _seat.Fill(_batches!, _schedule.At(_done));
    }

    /// <summary>Counts the step that was taken.</summary>
    /// <returns>Whether <see cref="Settle"/> will take time for more than the loss: an evaluation or a checkpoint is due.</returns>
    public bool Advance(CancellationToken cancellation)
    {
        _done++;
        _isCancelled = cancellation.IsCancellationRequested && _done < _setup.Steps;
        return EvaluatesNow || SavesNow;
    }

    /// <summary>Reports, evaluates and saves what is due after the step.</summary>
    public void Settle()
    {
        var (evaluates, saves) = (EvaluatesNow, SavesNow);
        if (evaluates || saves || _done - _reported == _logEvery)
            ReportSteps();
        if (!evaluates && !saves)
            return;
        if ((evaluates && Evaluate()) || saves)
            Save();
        _clock.StartTraining();
    }

    /// <summary>Time from here on is not training, until <see cref="StartClock"/>.</summary>
    public void StopClock() => _clock.StopTraining();

    public void StartClock() => _clock.StartTraining();

    /// <summary>Writes the result, unless the run was cancelled, and sums it up.</summary>
    public TrainingReport Finish()
    {
        var kept = _isCancelled ? _done : KeepBest();
        var report = Summarise(kept);
        if (!_isCancelled)
            Write(report);
        _setup.Report(new TrainingFinished { Step = _done, Report = report });
        return report;
    }

    public void Dispose()
    {
        _seat.Dispose();
        _history.Dispose();
        _optimizer.Dispose();
    }

    /// <summary>Reads the losses since the last report; the only place in the loop that waits for a GPU.</summary>
    private void ReportSteps()
    {
        var (count, first) = (_done - _reported, _reported + 1);
        var points = _history.Take(count).Select((point, index) => new CurvePoint(first + index, point.Loss, point.Norm)).ToList();
        _clock.StopTraining();
        var seconds = _clock.TrainingSeconds - _reportedSeconds;
        foreach (var point in points)
            RequireFinite(point);
        _curve.AddRange(points);
        var position = _setup.Stream.Position;
        _setup.Report(new TrainingProgress
        {
            Step = _done,
            Points = points,
            LearningRate = _schedule.At(_done - 1),
            Epoch = position.Epoch + (double)position.Row / _setup.Training.RowsPerEpoch,
            TokensPerSecond = seconds > 0 ? (_tokens - _reportedTokens) / seconds : 0,
            Remaining = seconds > 0 ? TimeSpan.FromSeconds(seconds / count * (_setup.Steps - _done)) : null,
        });
        (_reported, _reportedTokens, _reportedSeconds) = (_done, _tokens, _clock.TrainingSeconds);
        _clock.StartTraining();
    }

    /// <returns>Whether it is the best after training began.</returns>
    private bool Evaluate()
    {
        if (_setup.HeldOut is null && (_setup.Sample is null || _options.SamplePrompts.Count == 0))
            return false;
        var best = Best?.Loss;
        var point = _evaluation.Run(_done);
        if (point.Loss is { } loss && !double.IsFinite(loss))
            throw Diverged(_done, $"the held-out loss is {loss.ToString(CultureInfo.InvariantCulture)}");
        _evaluations.Add(point);
        var isBest = _done > 0 && point.Loss is not null && (best is null || point.Loss < best);
        _setup.Report(new TrainingEvaluated { Step = _done, Evaluation = point, IsBest = isBest });
        return isBest;
    }

    private void Save()
    {
        var state = new TrainerState
        {
            Step = _done,
            Updates = _optimizer.StepCount,
            Position = _setup.Stream.Position,
            Tokens = _tokens,
            TrainingSeconds = _clock.TrainingSeconds,
            WallSeconds = _clock.WallSeconds,
            PeakMemoryBytes = PeakMemory(),
            Random = RandomStates.Take(_target.Device),
            Threads = TorchRuntime.Threads,
            Identity = _setup.Identity,
            Evaluations = _evaluations,
        };
        var folder = _setup.Checkpoints.Write(_done, path => Checkpoint.Write(path, _target, _optimizer, state, _curve));
        _setup.Checkpoints.Prune(_options.KeepCheckpoints, Best?.Step);
        _setup.Report(new CheckpointSaved { Step = _done, Folder = folder });
    }

    private void Restore(string from, TrainerState state)
    {
        _curve.AddRange(Checkpoint.ReadTensors(from, _target, _optimizer));
        _optimizer.StepCount = state.Updates;
        (_done, _reported) = (state.Step, state.Step);
        (_tokens, _reportedTokens) = (state.Tokens, state.Tokens);
        _earlierPeak = state.PeakMemoryBytes;
        _evaluations.AddRange(state.Evaluations);
        _clock.Add(state.TrainingSeconds, state.WallSeconds);
        _reportedSeconds = _clock.TrainingSeconds;
        RandomStates.Restore(_target.Device, state.Random);
        if (!_target.Device.IsCuda && state.Threads != TorchRuntime.Threads)
            Warn($"the checkpoint was made with {state.Threads} threads and this run has {TorchRuntime.Threads}: losses may differ in their last digits");
    }

    /// <returns>The step whose parameters the target now has.</returns>
    private int KeepBest()
    {
        if (Best is not { Loss: { } loss } best)
            return _done;
        if (_evaluations[0] is { Step: 0, Loss: { } before } && loss >= before)
            Warn(string.Create(CultureInfo.InvariantCulture, $"the held-out loss never fell below the untrained {before:0.000}; more or other data, or a lower learning rate, may help"));
        if (!_options.KeepBest || best.Step == _done || !_setup.Checkpoints.Steps().Contains(best.Step))
            return _done;
        Checkpoint.ReadParameters(_setup.Checkpoints.PathOf(best.Step), _target);
        Warn($"the held-out loss was lowest at step {best.Step}, and what was learnt up to there is kept; to keep the last step's instead, train with --final last");
        return best.Step;
    }

    private void Write(TrainingReport report)
    {
        try
        {
            _target.Save(_setup.Folder);
            StagedFile.WriteText(Path.Combine(_setup.Folder, TrainingReport.FileName), report.ToJson());
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                TrainingFailure.Output,
                $"the result could not be written to {_setup.Folder}: {reason.Message.TrimEnd('.')}; training is done and in {_setup.Checkpoints.PathOf(_done)}, make room and run again with --resume",
                reason);
        }
    }

    private TrainingReport Summarise(int kept) => new()
    {
        Outcome = _isCancelled ? TrainingOutcome.Cancelled : TrainingOutcome.Completed,
        Kind = _target.Kind,
        Step = _done,
        Steps = _setup.Steps,
        TrainableParameters = _target.Parameters.Sum(parameter => parameter.Value.Count),
        TotalParameters = _target.TotalParameters,
        Tokens = _tokens,
        TokensPerSecond = _clock.TrainingSeconds > 0 ? _tokens / _clock.TrainingSeconds : 0,
        TrainingSeconds = _clock.TrainingSeconds,
        WallSeconds = _clock.WallSeconds,
        PeakMemoryBytes = PeakMemory(),
        FirstLoss = _curve.Count > 0 ? _curve[0].Loss : null,
        FinalLoss = _curve.Count > 0 ? _curve.TakeLast(Math.Clamp(_curve.Count / 10, 1, 50)).Average(point => point.Loss) : null,
        PerplexityBefore = _evaluations.FirstOrDefault(point => point.Step == 0)?.Perplexity,
        PerplexityAfter = _evaluations.LastOrDefault(point => point.Step == kept && kept > 0)?.Perplexity,
        KeptStep = kept,
        Evaluations = _evaluations,
        Curve = TrainingReport.Thin(_curve),
        Settings = _setup.Identity,
        Hardware = Hardware.Describe(_target.Device),
        FinishedAt = _setup.Time.GetUtcNow(),
        Checkpoint = _isCancelled ? _setup.Checkpoints.PathOf(_done) : null,
    };

    private long PeakMemory() => Math.Max(_earlierPeak, TorchRuntime.Memory(_target.Device).PeakBytes);

    private void Warn(string message) => _setup.Report(new TrainingWarning { Step = _done, Message = message });

    private void RequireFinite(CurvePoint point)
    {
        if (!float.IsFinite(point.Loss) || !float.IsFinite(point.GradientNorm))
            throw Diverged(point.Step, string.Create(CultureInfo.InvariantCulture, $"the loss is {point.Loss} and the gradient's norm {point.GradientNorm}"));
    }

    private TrainingException Diverged(int step, string found)
    {
        return new TrainingException(TrainingFailure.Diverged, string.Create(
            CultureInfo.InvariantCulture,
            $"training diverged at step {step}: {found}. {DescribeLastCheckpoint()}. Start a new run with a lower learning rate (--lr, now {_options.LearningRate}), more warm-up steps, or clipping at 1 (now {_options.ClipNorm}; 0 is off)"));
    }
    private TrainingException OutOfMemory(TorchOutOfMemoryException reason) => new(
        TrainingFailure.Memory,
        $"the memory of {_target.Device} did not suffice at step {_done + 1}: {reason.Message}. {DescribeLastCheckpoint()}. Start a new run with a smaller --batch (and --accumulate to make up for it), shorter rows (--seq), or --checkpoint-activations",
        reason);

    private string DescribeLastCheckpoint()
    {
        var steps = _setup.Checkpoints.Steps();
        return steps.Count > 0 ? $"The last good checkpoint is {_setup.Checkpoints.PathOf(steps[^1])}" : "There is no checkpoint yet";
    }
}
