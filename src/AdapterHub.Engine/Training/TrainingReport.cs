using System.Text.Json.Serialization;

namespace AdapterHub.Engine.Training;

public enum TrainingOutcome
{
    /// <summary>All steps were done.</summary>
    Completed,

    /// <summary>Stopped by request; a checkpoint is left to resume from.</summary>
    Cancelled,
}

/// <summary>One optimiser step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean negative log likelihood a token, in nats, before the step.</param>
/// <param name="GradientNorm">Global 2-norm before clipping.</param>
public sealed record CurvePoint(int Step, float Loss, float GradientNorm);

/// <summary>What the model makes of a prompt.</summary>
public sealed record TrainingSample(string Prompt, string Text);

/// <summary>Held-out loss after <paramref name="Step"/> steps; at step 0 that of the base model.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Mean a token, in nats; null where nothing is held out.</param>
/// <param name="Samples">As generated.</param>
public sealed record EvaluationPoint(int Step, double? Loss, IReadOnlyList<TrainingSample> Samples)
{
    /// <summary>e to the loss.</summary>
    public double? Perplexity => Loss is { } loss ? Math.Exp(loss) : null;
}

/// <summary>What came of a run. Written beside the adapter as <see cref="FileName"/>.</summary>
public sealed record TrainingReport
{
    public const string FileName = "training_report.json";

    public required TrainingOutcome Outcome { get; init; }

    /// <summary>"adapter" or "model".</summary>
    public required string Kind { get; init; }

    public required int Step { get; init; }

    public required int Steps { get; init; }

    public required long TrainableParameters { get; init; }

    /// <summary>Base and adapter together.</summary>
    public required long TotalParameters { get; init; }

    /// <summary>Positions read in training, padding not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>In training alone, evaluations and checkpoints not counted.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>In training alone; over all sittings of a resumed run.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>From start to end; over all sittings of a resumed run.</summary>
    public required double WallSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }

    /// <summary>Of the first step.</summary>
    public required double? FirstLoss { get; init; }

    /// <summary>Mean of the last tenth of the steps, at most 50.</summary>
    public required double? FinalLoss { get; init; }

    /// <summary>Of the model before training.</summary>
    public required double? PerplexityBefore { get; init; }

    /// <summary>Of the parameters that were kept.</summary>
    public required double? PerplexityAfter { get; init; }

    /// <summary>The step whose parameters were kept.</summary>
    public required int KeptStep { get; init; }

    public required IReadOnlyList<EvaluationPoint> Evaluations { get; init; }

    /// <summary>At most <see cref="MostCurvePoints"/> stretches of the loss curve; each loss and norm is the mean of its stretch.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required string Hardware { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Where to resume from, after a cancellation.</summary>
    public string? Checkpoint { get; init; }

    public const int MostCurvePoints = 200;

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, TrainingJson.Default.TrainingReport);

    public static TrainingReport Read(string path) =>
        System.Text.Json.JsonSerializer.Deserialize(File.ReadAllText(path), TrainingJson.Default.TrainingReport)
        ?? throw new FormatException($"{path} holds no training report.");

    internal static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<CurvePoint> curve)
    {
        var stride = (curve.Count + MostCurvePoints - 1) / MostCurvePoints;
        return stride <= 1 ? curve : [.. curve.Chunk(stride).Select(part =>
            new CurvePoint(part[^1].Step, part.Average(point => point.Loss), part.Average(point => point.GradientNorm)))];
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingReport))]
[JsonSerializable(typeof(TrainerState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
