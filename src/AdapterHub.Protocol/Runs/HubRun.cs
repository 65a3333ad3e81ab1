using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Protocol.Runs;

/// <summary>Where a run stands.</summary>
[JsonConverter(typeof(WordConverter<HubRunState>))]
public enum HubRunState
{
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("pausing")]
    Pausing,

    [JsonStringEnumMemberName("paused")]
    Paused,

    [JsonStringEnumMemberName("cancelling")]
    Cancelling,

    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>A run to be started on a hub.</summary>
public sealed record HubNewRun
{
    /// <summary>
    /// A <see cref="RunSpec"/> of kind train, evaluate or blend. Its base is a repository here (<c>name</c>, <c>owner/name</c>, <c>owner/name@revision</c>), its
    /// files are datasets here (<c>owner/name</c>, <c>owner/name:path</c>, either with <c>@revision</c>) or files that were sent before
    /// (<c>sha256:DIGEST:name.txt</c>), its adapters are adapters here (<c>owner/name</c>, <c>owner/name@revision</c>; of an evaluation also <c>run:17</c>, what a run before it
    /// publishes). What it says of folders is of no matter.
    /// </summary>
    public required JsonElement Spec { get; init; }

    /// <summary>What people call it; absent takes the name of the target.</summary>
    public string? Name { get; init; }

    /// <summary>Whose run it is; absent takes the owner of the target, else the caller.</summary>
    public string? Owner { get; init; }

    /// <summary>Where the adapter is published: <c>owner/name</c>, made where it does not exist. A blend without one only measures.</summary>
    public string? Target { get; init; }

    /// <summary>Of a repository that is made; absent is private.</summary>
    public HubVisibility? Visibility { get; init; }

    /// <summary>Everybody may watch; only where everything that the run reads and writes is public.</summary>
    public bool? Public { get; init; }

    /// <summary>Among your own runs, the greater first; -1000 to 1000.</summary>
    public int? Priority { get; init; }

    /// <summary>Runs that must have succeeded before.</summary>
    public IReadOnlyList<long>? After { get; init; }

    /// <summary>
    /// Text that the adapter is measured on once it is trained, beside its base: files as in a spec. Makes a run of kind evaluate that comes after this one.
    /// </summary>
    public IReadOnlyList<string>? Evaluate { get; init; }

    /// <summary>Of your choice, one for each run: sent again with the same key, the request starts nothing new.</summary>
    public string? Key { get; init; }
}

/// <summary>A run like another one.</summary>
public sealed record HubRunCopy
{
    public string? Name { get; init; }
    public string? Target { get; init; }
    public string? Key { get; init; }
}

/// <summary>Makes the adapter of a checkpoint a repository of its own.</summary>
/// <param name="Target"><c>owner/name</c>, which must not exist yet.</param>
/// <param name="Visibility">Absent is private.</param>
public sealed record HubCheckpointTarget(string Target, HubVisibility? Visibility = null);

/// <param name="Repository">That was made.</param>
public sealed record HubPublishedCheckpoint(string Repository, string CommitId);

/// <param name="Priority">Among your own runs, the greater first; -1000 to 1000.</param>
public sealed record HubPriority(int Priority);

/// <summary>A file that was sent for a run.</summary>
/// <param name="Reference">How a spec names it.</param>
public sealed record HubSentFile(string Reference, string Digest, long Length);

/// <summary>A run as the caller sees it.</summary>
public sealed record HubRun
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Owner { get; init; }
    public string? User { get; init; }

    /// <summary>"train", "evaluate" or "blend".</summary>
    public required string Kind { get; init; }
    public required HubRunState State { get; init; }
    public required bool Public { get; init; }
    public required int Priority { get; init; }
    public required string Base { get; init; }
    public string? Target { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? Worker { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The number of its newest event.</summary>
    public required long LastNumber { get; init; }
    public required int Step { get; init; }
    public required int Steps { get; init; }
    public double? Loss { get; init; }
    public double? HeldOutLoss { get; init; }
    public double? SecondsLeft { get; init; }
    public double? TokensPerSecond { get; init; }

    /// <summary>Why it is in its state.</summary>
    public string? Message { get; init; }

    /// <summary>The sweep that it was started with.</summary>
    public long? Sweep { get; init; }

    /// <summary>The adapter's repository and revision, once published.</summary>
    public string? Result { get; init; }
    public string? ResultCommit { get; init; }
}

public sealed record HubRunPage(IReadOnlyList<HubRun> Runs, int Total);

public sealed record HubRunSource(string Reference, string Relation, string? CommitId = null);

public sealed record HubRunCheckpoint(int Step, DateTimeOffset CreatedAt, long Bytes);

/// <summary>A run with what belongs to it.</summary>
/// <param name="After">Runs that it waits or waited for.</param>
/// <param name="Then">Runs that wait or waited for it.</param>
public sealed record HubRunDetail(
    HubRun Run, JsonElement Spec, IReadOnlyList<long> After, IReadOnlyList<HubRunSource> Sources, IReadOnlyList<HubRunCheckpoint> Checkpoints, bool CanAct, IReadOnlyList<long>? Then = null);

/// <summary>A metric over steps: two lists of the same length.</summary>
/// <param name="Count">Values before thinning.</param>
public sealed record HubMetric(string Name, int Count, IReadOnlyList<int> Steps, IReadOnlyList<double> Values);

/// <summary>A worker, for those who look at the queue.</summary>
public sealed record HubWorker(
    long Id, string Name, string Ending, DateTimeOffset CreatedAt, bool HasGpu, DateTimeOffset? LastSeenAt = null, string? Device = null, long? MemoryBytes = null,
    string? Version = null, long? RunId = null);

public sealed record HubNewWorker(string Name);

/// <param name="Token">Shown this once.</param>
public sealed record HubIssuedWorker(string Token, HubWorker Worker);
