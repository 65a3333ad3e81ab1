using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Protocol.Workers;

/// <summary>What a worker says of itself when it starts.</summary>
public sealed record WorkerHello(string Device, bool HasGpu, string Version, long? MemoryBytes = null);

/// <param name="Name">As the hub knows the worker.</param>
/// <param name="LeaseSeconds">How long a run stays the worker's without a sign of life.</param>
public sealed record WorkerWelcome(string Name, double LeaseSeconds);

/// <summary>A file of a leased run.</summary>
/// <param name="Reference">As the spec names what it belongs to; empty for files of checkpoints and results.</param>
/// <param name="Path">Below the folder of that.</param>
public sealed record LeasedFile(string Reference, string Path, string Digest, long Length);

public sealed record LeasedCheckpoint(int Step, IReadOnlyList<LeasedFile> Files);

/// <summary>A run that is the worker's until the lease is lost.</summary>
/// <param name="Lease">Goes with every request about the run, in the header <see cref="WorkerHeaders.Lease"/>.</param>
/// <param name="BaseName">The base model's repository, for card and configuration.</param>
public sealed record LeasedRun(
    long Run, string Name, string Lease, int Attempt, JsonElement Spec, string BaseReference, string BaseName,
    IReadOnlyList<LeasedFile> Inputs, IReadOnlyList<LeasedCheckpoint> Checkpoints, double LeaseSeconds)
{
    /// <summary>Of a blend: its adapters with the revisions that they were fixed to; null for none.</summary>
    public IReadOnlyList<LeasedAdapter>? Adapters { get; init; }
}

/// <param name="Reference">As the spec names it.</param>
public sealed record LeasedAdapter(string Reference, string CommitId);

/// <param name="Stored">The worker's number of the last event that the hub has.</param>
/// <param name="State">What the run is to do: go on, or stop when it is pausing or cancelling.</param>
public sealed record LeaseAnswer(long Stored, HubRunState State);

/// <param name="Keep">Steps of earlier checkpoints that stay.</param>
public sealed record NewCheckpoint(int Step, IReadOnlyList<LeasedFile> Files, IReadOnlyList<int> Keep);

[JsonConverter(typeof(WordConverter<LeaseOutcome>))]
public enum LeaseOutcome
{
    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("stopped")]
    Stopped,
}

/// <summary>How a lease ends.</summary>
/// <param name="Events">The last events, numbered on; <see cref="RunEvent"/>s as JSON.</param>
/// <param name="Files">The result, sent before.</param>
public sealed record LeaseEnd(LeaseOutcome Outcome, IReadOnlyList<JsonElement> Events, IReadOnlyList<LeasedFile> Files, string? Message = null);

public static class WorkerHeaders
{
    public const string Lease = "X-Lease";
}
