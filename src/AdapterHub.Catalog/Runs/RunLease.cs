using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;

namespace AdapterHub.Catalog.Runs;

/// <summary>What a worker says of itself.</summary>
public sealed record WorkerDescription(string Device, bool HasGpu, long? MemoryBytes, string Version);

/// <param name="Reference">What it belongs to, as the spec names it.</param>
/// <param name="Path">Below the folder of that reference.</param>
public sealed record RunInputFile(string Reference, string Path, string Digest, long Length);

/// <param name="Path">Below the checkpoint's folder.</param>
public sealed record RunStoredFile(string Path, string Digest, long Length);

public sealed record RunLeaseCheckpoint(int Step, IReadOnlyList<RunStoredFile> Files);

/// <summary>A run that a worker has until the lease expires; any sign of life prolongs it.</summary>
/// <param name="Token">Goes with every call about the run. A lease that was lost has none that is good.</param>
/// <param name="BaseName">The base model's repository.</param>
/// <param name="Checkpoints">Where to go on: oldest first, the best among them.</param>
public sealed record RunLease(
    long RunId, string Name, string Token, int Attempt, string SpecJson, string BaseReference, string BaseName,
    IReadOnlyList<RunInputFile> Inputs, IReadOnlyList<RunLeaseCheckpoint> Checkpoints, TimeSpan Duration)
{
    /// <summary>Of a blend: its adapters with the revisions that they were fixed to.</summary>
    public IReadOnlyList<RunLeaseAdapter> Adapters { get; init; } = [];
}

/// <param name="Reference">As the spec names it.</param>
public sealed record RunLeaseAdapter(string Reference, string CommitId);

/// <summary>An event as a worker sends it.</summary>
/// <param name="Number">The worker's own, from 1 in each lease, without gaps.</param>
/// <param name="Kind">Its word.</param>
/// <param name="Step">Of the training, where it belongs to one.</param>
/// <param name="Json">An object without number and time.</param>
public sealed record IncomingRunEvent(long Number, DateTimeOffset At, string Kind, int? Step, string Json)
{
    /// <summary>What of it the run's row keeps; null for none.</summary>
    public RunProgress? Progress { get; init; }
}

/// <summary>Figures of a run for lists; null leaves what is known.</summary>
public sealed record RunProgress(int? Steps = null, double? Loss = null, double? HeldOutLoss = null, double? SecondsLeft = null, double? TokensPerSecond = null);

/// <param name="Stored">The worker's number of the last event that the log has.</param>
/// <param name="State">What the run is to do: go on, or stop when it is Pausing or Cancelling.</param>
public sealed record RunReceipt(long Stored, RunState State);

public enum RunOutcome
{
    /// <summary>The result is there.</summary>
    Succeeded,

    /// <summary>It will not succeed as it is.</summary>
    Failed,

    /// <summary>Stopped in good order, as wished or because the worker ends.</summary>
    Stopped,
}

/// <summary>How a lease ends.</summary>
public sealed record RunFinish
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>For people, where it failed.</summary>
    public string? Message { get; init; }

    /// <summary>What is still to be written into the log, numbered on.</summary>
    public IReadOnlyList<IncomingRunEvent> Events { get; init; } = [];

    /// <summary>The result: files that were sent under this lease.</summary>
    public IReadOnlyList<FileChange> Files { get; init; } = [];
}
