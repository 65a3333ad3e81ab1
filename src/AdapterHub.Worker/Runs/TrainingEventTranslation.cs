using AdapterHub.Engine.Training;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;
using Wire = AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>Turns what the trainer tells into the events of a run.</summary>
internal sealed class TrainingEventTranslation(RunLog log, ITrainingTarget target, TrainingText text, TrainingOptions options, int sequence)
{
    private int _steps;
    private long _tokens;

    public void Add(TrainingEvent told)
    {
        switch (told)
        {
            case Engine.Training.TrainingStarted started:
                _steps = started.Steps;
                log.Add(Started(started));
                break;
            case TrainingProgress progress:
                AddSteps(progress);
                break;
            case TrainingEvaluated evaluated:
                log.Add(new HeldOutMeasured(evaluated.Step, evaluated.Evaluation.Loss, evaluated.Evaluation.Perplexity,
                    [.. evaluated.Evaluation.Samples.Select(sample => new Sample(sample.Prompt, sample.Text))]));
                break;
            case Engine.Training.CheckpointSaved saved:
                log.Add(new Wire.CheckpointSaved(saved.Step, saved.Folder));
                break;
            case TrainingWarning warning:
                log.Warn(warning.Message);
                break;
        }
    }

    public Wire.TrainingFinished Finished(TrainingReport report, string output)
    {
        var before = report.Evaluations.FirstOrDefault(point => point.Step == 0)?.Loss;
        return new Wire.TrainingFinished
        {
            Output = output,
            Steps = report.Step,
            KeptStep = report.KeptStep,
            Seconds = report.WallSeconds,
            TrainableParameters = report.TrainableParameters,
            TotalParameters = report.TotalParameters,
            Tokens = report.Tokens,
            TokensPerSecond = report.TokensPerSecond,
            PeakBytes = report.PeakMemoryBytes,
            Loss = report.FinalLoss,
            HeldOutLossBefore = before,
            HeldOutLoss = report.PerplexityAfter is { } after ? Math.Log(after) : null,
            HeldOutPerplexity = report.PerplexityAfter,
            OutputBytes = OutputFolder.Size(output),
        };
    }

    private Wire.TrainingStarted Started(Engine.Training.TrainingStarted started) => new()
    {
        Steps = started.Steps,
        ResumedAt = started.Step,
        Device = target.Device.ToString(),
        DType = started.Settings.GetValueOrDefault("computed in", ""),
        TrainableParameters = started.TrainableParameters,
        TotalParameters = started.TotalParameters,
        LearningRate = options.LearningRate,
        BatchSize = options.BatchSize,
        Accumulate = options.Accumulation,
        SequenceLength = sequence,
        StepsPerEpoch = started.StepsPerEpoch,
        Documents = text.Training.Count,
        Tokens = text.Training.TokenCount,
        HeldOutTokens = text.HeldOut?.TokenCount ?? 0,
        EstimatedBytes = started.Memory.Total,
    };

    private void AddSteps(TrainingProgress progress)
    {
        foreach (var point in progress.Points)
        {
            _tokens += (long)options.BatchSize * options.Accumulation * sequence;
            var isLast = point.Step == progress.Step;
            log.Add(new StepTaken(
                point.Step, _steps, point.Loss, progress.LearningRate, point.GradientNorm, _tokens, progress.TokensPerSecond,
                isLast ? progress.Remaining?.TotalSeconds : null,
                isLast ? TorchRuntime.Memory(target.Device).PeakBytes : null,
                isLast && target.Device.IsCuda ? CudaRuntime.FindUtilization(target.Device.Index) : null));
        }
    }
}
