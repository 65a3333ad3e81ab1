namespace AdapterHub.Catalog.Database;

/// <summary>
/// Something that trains or measures. It belongs to the hub and to an owner, never to a browser or a worker: both may vanish at any time. What
/// it is to do is kept as the JSON that was asked for, which the catalogue does not look into.
/// </summary>
public sealed class Run
{
    public long Id { get; set; }
    public long OwnerId { get; set; }
    public Owner Owner { get; set; } = null!;

    /// <summary>Who started it, as whom the result is published; null once that account is closed.</summary>
    public long? UserId { get; set; }
    public User? User { get; set; }
    public required string Name { get; set; }
    public RunKind Kind { get; set; }
    public RunState State { get; set; }

    /// <summary>Everybody may watch, as long as everything that it reads is public.</summary>
    public bool IsPublic { get; set; }

    /// <summary>Among the runs of the same person: the greater first.</summary>
    public int Priority { get; set; }

    /// <summary>Of the request that made it: asked for again under the same key, the same run is answered.</summary>
    public string? RequestKey { get; set; }
    public required string SpecJson { get; set; }

    /// <summary>Of the base model, as the spec has it; empty for a blend that needs none.</summary>
    public required string BaseReference { get; set; }

    /// <summary>"cuda" where only a GPU will do.</summary>
    public bool NeedsGpu { get; set; }

    /// <summary>The repository that the result is published to, <c>owner/name</c>; null for runs without one.</summary>
    public string? Target { get; set; }
    public RepositoryVisibility TargetVisibility { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when it waits, or waited last.</summary>
    public DateTimeOffset QueuedAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When a worker got it last; people whose runs were served longest ago come first.</summary>
    public DateTimeOffset? ServedAt { get; set; }

    // The lease, while a worker has it.
    public long? WorkerId { get; set; }
    public Worker? Worker { get; set; }
    public string? LeaseHash { get; set; }
    public DateTimeOffset? LeaseExpiresAt { get; set; }

    /// <summary>The worker's number of its last event that was stored under this lease; repeats are at or below it.</summary>
    public long LeaseSequence { get; set; }

    /// <summary>Leases so far.</summary>
    public int Attempt { get; set; }

    /// <summary>Leases that were lost one after the other without a new step or checkpoint.</summary>
    public int LostLeases { get; set; }

    // What the events told so far.
    public long LastNumber { get; set; }
    public int Step { get; set; }
    public int Steps { get; set; }
    public double? Loss { get; set; }

    /// <summary>Of the newest held-out measurement; -1 before the first, which is at step 0.</summary>
    public int EvaluatedStep { get; set; } = -1;
    public double? HeldOutLoss { get; set; }
    public double? SecondsLeft { get; set; }
    public double? TokensPerSecond { get; set; }

    /// <summary>Why it is in its state, for people.</summary>
    public string? Message { get; set; }
    public long? ResultRepositoryId { get; set; }
    public Repository? ResultRepository { get; set; }
    public string? ResultCommitId { get; set; }

    /// <summary>Its place among runs that were started together; null for a run by itself.</summary>
    public SweepRun? Sweep { get; set; }
    public List<RunInput> Inputs { get; } = [];
    public List<RunSource> Sources { get; } = [];
}

/// <summary>A run that another one waits for.</summary>
public sealed class RunDependency
{
    public long RunId { get; set; }
    public Run Run { get; set; } = null!;
    public long AfterId { get; set; }
    public Run After { get; set; } = null!;
}

/// <summary>A file that the run reads, fixed when it was started: a branch that moves changes no run.</summary>
public sealed class RunInput
{
    public long RunId { get; set; }

    /// <summary>As the spec names the folder or file that it belongs to.</summary>
    public required string Reference { get; set; }

    /// <summary>Below the folder of that reference.</summary>
    public required string Path { get; set; }
    public required string Digest { get; set; }
    public Blob Blob { get; set; } = null!;
    public long Length { get; set; }
}

/// <summary>A repository that the run reads.</summary>
public sealed class RunSource
{
    public long Id { get; set; }
    public long RunId { get; set; }
    public required string Reference { get; set; }

    /// <summary>BaseModel, Dataset or, for an adapter that is blended, BlendParent.</summary>
    public LineageRelation Relation { get; set; }
    public long? RepositoryId { get; set; }
    public Repository? Repository { get; set; }
    public string? CommitId { get; set; }
}

/// <summary>One line of a run's log. Written once, never changed; numbers have no gaps.</summary>
public sealed class RunLogEntry
{
    public long RunId { get; set; }
    public Run Run { get; set; } = null!;
    public long Number { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>The word of its kind, such as <c>step</c>.</summary>
    public required string Kind { get; set; }
    public int? Step { get; set; }

    /// <summary>A JSON object without number and time, which are columns.</summary>
    public required string Json { get; set; }
}

/// <summary>Where a run can go on.</summary>
public sealed class RunCheckpoint
{
    public long Id { get; set; }
    public long RunId { get; set; }
    public Run Run { get; set; } = null!;
    public int Step { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public List<RunCheckpointFile> Files { get; } = [];
}

public sealed class RunCheckpointFile
{
    public long CheckpointId { get; set; }
    public required string Path { get; set; }
    public required string Digest { get; set; }
    public Blob Blob { get; set; } = null!;
    public long Length { get; set; }
}

/// <summary>A program that carries runs out, here or elsewhere, and the hash of the token by which the hub knows it.</summary>
public sealed class Worker
{
    public long Id { get; set; }
    public required string Name { get; set; }
    public required string TokenHash { get; set; }

    /// <summary>The last four characters of the token, for the eye.</summary>
    public required string Ending { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastSeenAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    // What it said of itself when it came last.
    public string? Device { get; set; }
    public bool HasGpu { get; set; }
    public long? MemoryBytes { get; set; }
    public string? Version { get; set; }
}
