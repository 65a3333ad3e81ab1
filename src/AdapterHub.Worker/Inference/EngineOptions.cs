using AdapterHub.Torch;

namespace AdapterHub.Worker.Inference;

/// <summary>How an engine process is set up.</summary>
public sealed record EngineOptions
{
    public required Device Device { get; init; }

    /// <summary>Type of the weights in memory.</summary>
    public required DType Type { get; init; }

    /// <summary>Bytes that resident models may take together; the one in use stays, whatever its size.</summary>
    public required long MemoryBudget { get; init; }

    /// <summary>Lanes of one model at work at the same time.</summary>
    public int MostRows { get; init; } = 32;

    /// <summary>Requests of one model that may wait, of all users.</summary>
    public int MostWaiting { get; init; } = 64;

    /// <summary>Requests of one model that may wait for one user.</summary>
    public int MostWaitingOfAUser { get; init; } = 8;

    /// <summary>Adapters kept beside a model, the least recently used going first.</summary>
    public int MostAdapters { get; init; } = 64;

    /// <summary>Positions of all lanes of one model together that keys and values are kept of.</summary>
    public long CachePositions { get; init; } = 64 * 1024;

    /// <summary>Folders of links are made here.</summary>
    public required string WorkFolder { get; init; }
}

/// <summary>Too much waits already; trying again later helps.</summary>
public sealed class EngineBusyException(string message) : Exception(message);
