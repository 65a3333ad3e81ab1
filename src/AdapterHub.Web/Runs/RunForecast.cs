using System.Globalization;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Sizing;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Formatting;

namespace AdapterHub.Web.Runs;

/// <summary>What a run's memory will probably come to.</summary>
public enum MemoryVerdict
{
    /// <summary>Nothing is known of the model's sizes or of the worker's memory.</summary>
    Unknown,
    Fits,

    /// <summary>More than 85 % of what the worker has: other programs on the machine decide.</summary>
    Tight,
    TooLarge,
}

/// <summary>What can be said of a training run before it starts, by arithmetic alone. Estimates, each of which says what it is made of.</summary>
public sealed record RunForecast
{
    private const int UsualBatch = 8, UsualSequence = 512, UsualEpochs = 3, UsualMeasurements = 10;

    /// <summary>A forward pass costs half of a training step, whose backward pass makes no gradients of the base's weights.</summary>
    private const double ForwardShare = 0.5;

    /// <summary>Held out where nothing was asked, as the trainer does (TrainingText).</summary>
    private const double UsualHeldOut = 0.05;

    /// <summary>What the program itself takes beside the tensors: libtorch, and on a GPU the driver's context.</summary>
    private const long RuntimeBytes = 450L << 20;

    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Rows of one forward pass, and tokens of one row.</summary>
    public required int BatchSize { get; init; }
    public required int SequenceLength { get; init; }

    /// <summary>Positions read in all, padding included.</summary>
    public required long TokensRead { get; init; }

    /// <summary>Times that the text is read.</summary>
    public required double Readings { get; init; }

    /// <summary>Weights that are trained; null where the model's sizes are not known.</summary>
    public long? TrainedParameters { get; init; }

    /// <summary>At the fullest, the program included; null where the model's sizes are not known.</summary>
    public long? MemoryBytes { get; init; }
    public MemoryVerdict Memory { get; init; }

    /// <summary>With the measurements in between; null where no speed is known.</summary>
    public double? Seconds { get; init; }

    /// <summary>In the hub's currency; null where there is no price or no time.</summary>
    public double? Price { get; init; }

    /// <summary>What will probably go wrong, for people.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <param name="settings">As asked for; what is null takes the program's default.</param>
    /// <param name="text">What is learnt from.</param>
    /// <param name="model">Of the base; null where its config could not be read.</param>
    /// <param name="worker">That it would run on; null where there is none.</param>
    public static RunForecast Of(TrainSpec settings, ForecastText text, ModelSizes? model, ForecastWorker? worker)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(text);
        var loop = settings.Loop;
        var heldOut = HeldOutTokens(settings, text, SequenceOf(loop, model));
        var forecast = Plan(loop, Math.Max(1, text.Tokens - heldOut), SequenceOf(loop, model));
        var adapter = model is null ? null : FindAdapter(model, settings.Lora);
        var memory = model is null || adapter is null ? null : MemoryOf(settings, model, adapter, forecast, worker);
        var seconds = worker?.Speed?.TokensPerSecond is > 0 and var speed ? (forecast.TokensRead + MeasuredTokens(loop, forecast, heldOut) * ForwardShare) / speed : (double?)null;
        forecast = forecast with
        {
            TrainedParameters = adapter?.Parameters,
            MemoryBytes = memory?.Total + RuntimeBytes,
            Memory = VerdictOn(memory, worker),
            Seconds = seconds,
            Price = seconds / 3600 * worker?.HourlyPrice,
        };
        return forecast with { Warnings = [.. new ForecastWarnings(settings, text, model, worker, forecast).List(heldOut, memory)] };
    }

    private static RunForecast Plan(LoopSettings loop, long tokens, int sequence)
    {
        var rows = Math.Max(1, (tokens + sequence - 1) / sequence);
        var batch = Math.Max(1, loop.BatchSize ?? (int)Math.Min(UsualBatch, rows));
        var perStep = (long)batch * Math.Max(1, loop.Accumulate) * sequence;
        var asked = loop.Steps ?? (loop.Tokens is { } total ? total / (double)perStep : (loop.Epochs ?? UsualEpochs) * rows * sequence / perStep);
        var steps = (int)Math.Clamp(Math.Ceiling(asked), 1, int.MaxValue);
        return new RunForecast
        {
            Steps = steps, BatchSize = batch, SequenceLength = sequence, TokensRead = steps * perStep, Readings = steps * (double)perStep / tokens, Warnings = [],
        };
    }

    private static int SequenceOf(LoopSettings loop, ModelSizes? model) => Math.Max(2, loop.SequenceLength ?? Math.Min(model?.Context ?? UsualSequence, UsualSequence));

    private static AdapterSizes? FindAdapter(ModelSizes model, LoraSettings lora)
    {
        try
        {
            var sizes = model.MeasureAdapter(new PeftConfig
            {
                Rank = lora.Rank, TargetModules = Selection(lora.Targets) ?? ModuleSelection.AllLinear, ExcludeModules = Selection(lora.Exclude),
            });
            // Layers that are left out take nothing; PEFT's rule for them needs names, which all-linear is not.
            return lora.Layers.Count == 0 ? sizes : sizes with { Parameters = sizes.Parameters * lora.Layers.Count / model.Layers, Ranks = sizes.Ranks * lora.Layers.Count / model.Layers };
        }
        catch (AdapterFormatException)
        {
            return null;
        }
    }

    private static ModuleSelection? Selection(IReadOnlyList<string> entries) => entries switch
    {
        [] => null,
        ["all-linear"] => ModuleSelection.AllLinear,
        [var pattern] when LoraSettings.IsPattern(pattern) => ModuleSelection.FromPattern(pattern),
        _ => ModuleSelection.FromNames(entries),
    };

    private static MemoryEstimate MemoryOf(TrainSpec settings, ModelSizes model, AdapterSizes adapter, RunForecast plan, ForecastWorker? worker)
    {
        var isGpu = (worker?.HasGpu ?? false) && !settings.Device.Equals("cpu", StringComparison.OrdinalIgnoreCase);
        var element = settings.Loop.DType.ToLowerInvariant() switch { "f32" => 4, "bf16" or "f16" => 2, _ => isGpu ? 2 : 4 };
        return MemoryEstimate.ForAdapter(
            model, model.Parameters, adapter.Parameters, adapter.Ranks, settings.Lora.Dropout > 0, element, (long)plan.BatchSize * plan.SequenceLength, isGpu, settings.Loop.CheckpointActivations);
    }

    private static MemoryVerdict VerdictOn(MemoryEstimate? memory, ForecastWorker? worker)
    {
        if (memory is null || worker?.MemoryBytes is not { } has)
            return MemoryVerdict.Unknown;
        var needed = memory.Total + RuntimeBytes;
        return needed > has ? MemoryVerdict.TooLarge : needed > MemoryEstimate.Tight * has ? MemoryVerdict.Tight : MemoryVerdict.Fits;
    }

    /// <summary>As HeldOutSplit does it: one document is parted in blocks of a row or of a quarter of the share, several are taken whole.</summary>
    private static long HeldOutTokens(TrainSpec settings, ForecastText text, int sequence)
    {
        if (settings.Data.EvaluationFiles.Count > 0)
            return 0;
        var share = settings.Data.EvaluationFraction ?? UsualHeldOut;
        var blocks = text.Tokens / Math.Max(sequence, share * text.Tokens / 4);
        return share > 0 && (text.Documents ?? 1) - 1 + blocks >= 2 ? (long)(share * text.Tokens) : 0;
    }

    private static double MeasuredTokens(LoopSettings loop, RunForecast plan, long heldOut)
    {
        var times = 1 + (loop.EvaluateEvery switch { null => Math.Min(plan.Steps, UsualMeasurements), 0 => 1, { } every => plan.Steps / every + 1 });
        return times * Math.Min(heldOut, (double)loop.EvaluationBatches * plan.BatchSize * plan.SequenceLength);
    }
}

/// <summary>Where a number of tokens comes from.</summary>
public enum TokenBasis
{
    /// <summary>From the bytes, at a usual ratio.</summary>
    Bytes,

    /// <summary>The base's own tokenizer read parts spread over the text.</summary>
    Sample,

    /// <summary>The base's own tokenizer read all of it.</summary>
    Counted,
}

/// <summary>A text before a run.</summary>
public sealed record ForecastText(long Bytes, long Tokens, TokenBasis Basis)
{
    /// <summary>English text in a byte-level vocabulary takes about so many bytes a token.</summary>
    public const double BytesPerToken = 3.6;

    /// <summary>Null where nobody counted.</summary>
    public long? Documents { get; init; }

    /// <summary>Tokens of some of the documents that may not be cut (rows with a prompt, conversations); of all where there are few.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [];

    public static ForecastText OfBytes(long bytes) => new(bytes, Math.Max(1, (long)(bytes / BytesPerToken)), TokenBasis.Bytes);

    public string Describe() => Basis switch
    {
        TokenBasis.Counted => $"{Display.Counted(Tokens, "token")}, counted by the base model's tokenizer",
        TokenBasis.Sample => $"about {Display.Counted(Tokens, "token")}, from samples read by the base model's tokenizer",
        _ => string.Create(CultureInfo.InvariantCulture, $"about {Display.Counted(Tokens, "token")}: an estimate at {BytesPerToken} bytes a token"),
    };
}

/// <summary>Where a run would go.</summary>
/// <param name="MemoryBytes">Of the device that computes.</param>
public sealed record ForecastWorker(string Name, bool HasGpu, long? MemoryBytes = null)
{
    public TrainingSpeed? Speed { get; init; }

    /// <summary>Null where the hub has none.</summary>
    public double? HourlyPrice { get; init; }
}
