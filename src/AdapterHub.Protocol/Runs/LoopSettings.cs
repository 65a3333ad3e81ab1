namespace AdapterHub.Protocol.Runs;

/// <summary>How long and how fast a run learns, and what it does on the way.</summary>
public sealed record LoopSettings
{
    /// <summary>Optimiser steps; null takes them from the tokens, and those from the epochs.</summary>
    public int? Steps { get; init; }

    /// <summary>Tokens to read, padding included; null takes them from the epochs.</summary>
    public long? Tokens { get; init; }

    /// <summary>Times the data is read; null is 3 for an adapter and 1 for a base model.</summary>
    public double? Epochs { get; init; }

    /// <summary>Peak learning rate; null takes the default of the kind of run.</summary>
    public double? LearningRate { get; init; }

    /// <summary>"cosine", "linear" or "constant", after the warm-up.</summary>
    public string Schedule { get; set; } = "cosine";

    /// <summary>Steps of linear warm-up; null is 3 % of the steps, at most 100.</summary>
    public int? Warmup { get; init; }

    /// <summary>The learning rate at the end as a share of its peak.</summary>
    public double Floor { get; set; } = 0.1;

    /// <summary>Decoupled weight decay; null is 0 for an adapter and 0.1 for a base model.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Largest norm of the gradient; 0 clips nothing.</summary>
    public double ClipNorm { get; set; } = 1;

    /// <summary>Rows of one forward pass; null is 8 for an adapter and 32 for a base model.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Forward passes of one optimiser step.</summary>
    public int Accumulate { get; set; } = 1;

    /// <summary>Tokens of one row; null takes the base model's context, at most 512.</summary>
    public int? SequenceLength { get; init; }

    public ulong Seed { get; set; } = 1;

    /// <summary>Element type of the computation: "f32", "bf16", "f16", or "auto": bf16 on a GPU, f32 on the CPU.</summary>
    public string DType { get; set; } = "auto";

    /// <summary>Steps between two held-out measurements; null is a tenth of the run, 0 measures before the first and after the last step only.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Batches of held-out rows in one measurement, at most.</summary>
    public int EvaluationBatches { get; set; } = 64;

    /// <summary>Prompts that the model continues at every measurement.</summary>
    public IReadOnlyList<string> Samples { get; set; } = [];

    /// <summary>Steps between two checkpoints; null is as often as measurements, 0 none until an interruption.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>Checkpoints kept besides the best one.</summary>
    public int Keep { get; set; } = 2;

    /// <summary>Leave the checkpoints in the output folder when the run has ended.</summary>
    public bool KeepCheckpoints { get; init; }

    /// <summary>Which weights are the result: "best" (lowest held-out loss) or "last".</summary>
    public string Final { get; set; } = "best";

    /// <summary>Keep fewer activations and compute them again in the backward pass: less memory, about a third more work.</summary>
    public bool CheckpointActivations { get; init; }

    /// <summary>Capture the step in a CUDA graph: "auto", "on" or "off".</summary>
    public string Graph { get; set; } = "auto";

    /// <summary>Start even where the estimate says that the memory will not suffice.</summary>
    public bool IgnoreMemory { get; init; }
}
