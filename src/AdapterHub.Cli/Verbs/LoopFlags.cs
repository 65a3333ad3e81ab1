using System.CommandLine;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>Flags of a training loop; the defaults that differ between an adapter and a base model are said in words.</summary>
internal sealed class LoopFlags(string epochs, string rate, string decay, string batch)
{
    private static readonly LoopSettings Defaults = new();

    private readonly Option<int?> _steps = Flag.Number<int>("--steps", "N", "optimiser steps (default: from --epochs)");
    private readonly Option<double?> _epochs = Flag.Number<double>("--epochs", "N", $"times the data is read, fractions too (default: {epochs})");
    private readonly Option<long?> _tokens = Flag.Number<long>("--tokens", "N", "tokens to read, such as 300k or 20M (default: from --epochs)");
    private readonly Option<int?> _batch = Flag.Number<int>("--batch", "ROWS", $"rows of one forward pass (default: {batch})");
    private readonly Option<int> _accumulate = Flag.Number("--accumulate", "N", "forward passes of one optimiser step", Defaults.Accumulate);
    private readonly Option<int?> _sequence = Flag.Number<int>("--seq", "TOKENS", "tokens of one row (default: the base's context, at most 512)");
    private readonly Option<double?> _rate = Flag.Number<double>("--lr", "RATE", $"peak learning rate (default: {rate})");
    private readonly Option<string> _schedule =
        Flag.Choice("--schedule", "how the learning rate falls after the warm-up", Defaults.Schedule, "cosine", "linear", "constant");

    private readonly Option<int?> _warmup = Flag.Number<int>("--warmup", "STEPS", "steps of linear warm-up (default: 3 % of the steps, at most 100)");
    private readonly Option<double> _floor = Flag.Number("--lr-floor", "SHARE", "the last learning rate as a share of the peak", Defaults.Floor);
    private readonly Option<double?> _decay = Flag.Number<double>("--weight-decay", "W", $"decoupled weight decay on matrices (default: {decay})");
    private readonly Option<double> _clip = Flag.Number("--clip", "NORM", "largest norm of the gradient; 0 clips nothing", Defaults.ClipNorm);
    private readonly Option<ulong> _seed = Flag.Number("--seed", "N", "the same seed, data and device give the same result", Defaults.Seed);
    private readonly Option<string> _final = Flag.Choice("--final", "which weights are the result: lowest held-out loss, or the last step's", Defaults.Final, "best", "last");

    private readonly Option<int?> _evaluateEvery =
        Flag.Number<int>("--eval-every", "STEPS", "steps between held-out measurements; 0 at start and end only (default: a tenth of the run)");

    private readonly Option<int> _evaluationBatches = Flag.Number("--eval-batches", "N", "held-out batches of one measurement, at most", Defaults.EvaluationBatches);
    private readonly Option<string[]> _samples = Flag.Many("--sample", "PROMPT", "continue this prompt at every measurement; may be repeated");

    private readonly Option<int?> _checkpointEvery =
        Flag.Number<int>("--checkpoint-every", "STEPS", "steps between checkpoints; 0 only on Ctrl-C (default: as --eval-every)");

    private readonly Option<int> _keep = Flag.Number("--keep", "N", "checkpoints kept besides the best one", Defaults.Keep);
    private readonly Option<bool> _keepAll = Flag.Switch("--keep-checkpoints", "leave the checkpoints in --out when the run has ended");
    private readonly Option<bool> _resume = Flag.Switch("--resume", "go on from the newest checkpoint in --out");
    private readonly Option<bool> _overwrite = Flag.Switch("--overwrite", "start over in a folder that holds something already");

    private readonly Option<string> _device = DeviceFlag();
    private readonly Option<string> _dtype = DTypeFlag();
    private readonly Option<bool> _activations = Flag.Switch("--checkpoint-activations", "keep fewer activations: much less memory, about a third more time");
    private readonly Option<string> _graph = Flag.Choice("--graph", "record a step once and replay it as one launch, on a GPU", Defaults.Graph, "auto", "on", "off");
    private readonly Option<bool> _ignoreMemory = Flag.Switch("--ignore-memory", "start even where the estimate says that memory will not suffice");

    public IReadOnlyList<FlagGroup> Groups =>
    [
        new("Learning", [_steps, _epochs, _tokens, _batch, _accumulate, _sequence, _rate, _schedule, _warmup, _floor, _decay, _clip, _seed, _final]),
        new("Measurements and checkpoints", [_evaluateEvery, _evaluationBatches, _samples, _checkpointEvery, _keep, _keepAll, _resume, _overwrite]),
        new("Machine", [_device, _dtype, _activations, _graph, _ignoreMemory]),
    ];

    public static Option<string> DeviceFlag() => Flag.Text("--device", "DEVICE", "cpu, cuda, cuda:N, or auto: the first GPU where there is one", "auto");

    public static Option<string> DTypeFlag() => Flag.Choice("--dtype", "type of the computation; auto is bf16 on a GPU, f32 on the CPU", "auto", "auto", "f32", "bf16", "f16");

    public bool Resumes(Invocation invocation) => invocation.Get(_resume);

    public bool Overwrites(Invocation invocation) => invocation.Get(_overwrite);

    public string Device(Invocation invocation) => invocation.Get(_device);

    public LoopSettings Read(Invocation invocation) => new()
    {
        Steps = invocation.Get(_steps),
        Epochs = invocation.Get(_epochs),
        Tokens = invocation.Get(_tokens),
        LearningRate = invocation.Get(_rate),
        Schedule = invocation.Get(_schedule).ToLowerInvariant(),
        Warmup = invocation.Get(_warmup),
        Floor = invocation.Get(_floor),
        WeightDecay = invocation.Get(_decay),
        ClipNorm = invocation.Get(_clip),
        BatchSize = invocation.Get(_batch),
        Accumulate = invocation.Get(_accumulate),
        SequenceLength = invocation.Get(_sequence),
        Seed = invocation.Get(_seed),
        DType = invocation.Get(_dtype).ToLowerInvariant(),
        EvaluateEvery = invocation.Get(_evaluateEvery),
        EvaluationBatches = invocation.Get(_evaluationBatches),
        Samples = invocation.Parse.GetResult(_samples) is null ? [] : invocation.Get(_samples),
        CheckpointEvery = invocation.Get(_checkpointEvery),
        Keep = invocation.Get(_keep),
        KeepCheckpoints = invocation.Get(_keepAll),
        Final = invocation.Get(_final).ToLowerInvariant(),
        CheckpointActivations = invocation.Get(_activations),
        Graph = invocation.Get(_graph).ToLowerInvariant(),
        IgnoreMemory = invocation.Get(_ignoreMemory),
    };
}
