using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>Turns the settings of a spec into the trainer's.</summary>
internal static class LoopOptions
{
    /// <param name="loop">As asked for; null settings take the default.</param>
    /// <param name="defaults">For this kind of run and width.</param>
    /// <param name="rows">Decide how long an epoch is, and bound the default batch.</param>
    /// <param name="defaultEpochs">Where neither steps, tokens nor epochs are asked for.</param>
    public static TrainingOptions From(LoopSettings loop, TrainingOptions defaults, IRowSource rows, double defaultEpochs)
    {
        var batch = loop.BatchSize ?? Math.Min(defaults.BatchSize, rows.RowsPerEpoch);
        var tokensPerStep = (long)batch * loop.Accumulate * rows.SequenceLength;
        return defaults with
        {
            Steps = loop.Steps ?? (loop.Tokens is { } tokens ? (int)Math.Clamp(tokens / tokensPerStep, 1, int.MaxValue) : null),
            Epochs = loop.Epochs ?? defaultEpochs,
            BatchSize = batch,
            Accumulation = loop.Accumulate,
            LearningRate = loop.LearningRate ?? defaults.LearningRate,
            Shape = loop.Schedule switch { "linear" => RateShape.Linear, "constant" => RateShape.Constant, _ => RateShape.Cosine },
            WarmupSteps = loop.Warmup,
            FloorShare = loop.Floor,
            WeightDecay = loop.WeightDecay ?? defaults.WeightDecay,
            ClipNorm = loop.ClipNorm,
            Seed = loop.Seed,
            EvaluateEvery = Interval(loop.EvaluateEvery),
            EvaluationBatches = loop.EvaluationBatches,
            SamplePrompts = loop.Samples,
            CheckpointEvery = Interval(loop.CheckpointEvery),
            KeepCheckpoints = loop.Keep,
            KeepBest = loop.Final == "best",
            Graph = loop.Graph == "off" ? GraphMode.Off : GraphMode.Auto,
            CheckpointActivations = loop.CheckpointActivations,
            IgnoreMemoryEstimate = loop.IgnoreMemory,
        };
    }

    /// <summary>0 stands for never.</summary>
    private static int? Interval(int? steps) => steps == 0 ? int.MaxValue : steps;
}
