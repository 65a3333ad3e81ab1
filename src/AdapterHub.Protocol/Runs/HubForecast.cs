namespace AdapterHub.Protocol.Runs;

/// <summary>What a training run will take and what may go wrong with it, told before it starts.</summary>
public sealed record HubForecast
{
    /// <summary>Of the text.</summary>
    public required long Tokens { get; init; }

    /// <summary>"counted" by the base's tokenizer, from a "sample" read by it, or estimated from the "bytes".</summary>
    public required string TokensFrom { get; init; }
    public required int Steps { get; init; }
    public required int BatchSize { get; init; }
    public required int SequenceLength { get; init; }

    /// <summary>Positions read in all, padding included.</summary>
    public required long TokensRead { get; init; }

    /// <summary>Times that the text is read.</summary>
    public required double Readings { get; init; }
    public long? TrainedParameters { get; init; }

    /// <summary>The worker that will most probably take it; absent where none is here.</summary>
    public string? Worker { get; init; }
    public long? WorkerMemoryBytes { get; init; }

    /// <summary>At the fullest.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>"fits", "tight", "too-large" or "unknown".</summary>
    public required string Memory { get; init; }
    public double? TokensPerSecond { get; init; }

    /// <summary>How the speed is known; a guess says so.</summary>
    public string? SpeedFrom { get; init; }
    public double? Seconds { get; init; }
    public double? Price { get; init; }
    public string? Currency { get; init; }

    /// <summary>Sentences for people.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
