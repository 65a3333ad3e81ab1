namespace AdapterHub.Protocol.Runs;

/// <summary>The blend is worked out and not yet written: what it loses, and what other ranks would lose.</summary>
/// <param name="Method">One of <see cref="BlendSpec.Methods"/>.</param>
/// <param name="Curve">Ascending ranks up to the one that loses nothing; empty where the blend is exact without a rank.</param>
public sealed record BlendMeasured(string Method, bool IsExact, double RelativeError, IReadOnlyList<RankLoss> Curve) : RunEvent;

/// <summary>The relative error of a blend cut to a rank.</summary>
public sealed record RankLoss(int Rank, double RelativeError);

/// <summary>
/// The blend was put on the base model beside its adapters, each times its weight, and both read the same text: what the blend says differs by this much.
/// </summary>
public sealed record BlendProven : RunEvent
{
    /// <summary>The greatest difference of a logit anywhere.</summary>
    public required double LargestDifference { get; init; }

    /// <summary>What rounding alone may make; null for a blend that is not meant to equal the sum.</summary>
    public double? Tolerance { get; init; }

    /// <summary>How far the adapters together move the base's logits at most: what the difference is to be held against.</summary>
    public required double LargestChange { get; init; }

    /// <summary>Share of the positions at which both put the same token first.</summary>
    public required double SameFirst { get; init; }

    /// <summary>Mean Kullback-Leibler divergence of the blend's prediction from the sum's, nats.</summary>
    public required double Divergence { get; init; }

    /// <summary>Positions of the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>Modules of the base that the blend changes: all that it has, or it would not have been put on.</summary>
    public required int Modules { get; init; }
}

/// <summary>The blend lies in its folder, or is worked out where none was asked for.</summary>
public sealed record BlendFinished : RunEvent
{
    /// <summary>Empty where nothing was written.</summary>
    public required string Output { get; init; }

    /// <summary>One of <see cref="BlendSpec.Methods"/>.</summary>
    public string Method { get; init; } = "exact";

    /// <summary>Equal to all that the method makes (PEFT's linear: to the weighted sum) up to the rounding of f32.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Frobenius norm of what is missing over that of the whole, all modules together.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The module that lost most; null for an exact blend.</summary>
    public string? Worst { get; init; }

    public double WorstRelativeError { get; init; }

    public required int Modules { get; init; }

    public required int SmallestRank { get; init; }

    public required int LargestRank { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Bytes of the files written.</summary>
    public long OutputBytes { get; init; }

    public required double Seconds { get; init; }
}
