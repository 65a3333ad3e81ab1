using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Catalog.Runs;

/// <summary>A run to be started. What it names was checked by whoever knows specs; the catalogue resolves and keeps it.</summary>
public sealed record RunSubmission
{
    /// <summary>The name that it runs under: the actor's own, or an organisation in which the actor may write.</summary>
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public required RunKind Kind { get; init; }

    /// <summary>Handed to the worker as it is.</summary>
    public required string SpecJson { get; init; }

    /// <summary>By the rules of <c>RunReferences</c>; empty for a blend that needs none.</summary>
    public required string Base { get; init; }
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Of a blend or an evaluation: the adapters.</summary>
    public IReadOnlyList<string> Adapters { get; init; } = [];
    public bool NeedsGpu { get; init; }
    public bool IsPublic { get; init; }
    public int Priority { get; init; }

    /// <summary>Runs that must have succeeded before this one starts.</summary>
    public IReadOnlyList<long> After { get; init; } = [];

    /// <summary>Asked for again with the same key by the same owner, the same run is answered.</summary>
    public string? RequestKey { get; init; }

    /// <summary>Where the adapter is published; for runs that train and for blends that are kept.</summary>
    public RepositoryName? Target { get; init; }
    public RepositoryVisibility TargetVisibility { get; init; } = RepositoryVisibility.Private;

    /// <summary>A run that is queued with this one and comes after it; gets this one's number.</summary>
    public Func<long, RunSubmission>? Then { get; init; }
}

/// <param name="Run">The run.</param>
/// <param name="IsNew">False where the key of the request had made it before.</param>
public sealed record StartedRun(RunView Run, bool IsNew);

/// <summary>A run as one actor sees it.</summary>
public sealed record RunView
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Owner { get; init; }

    /// <summary>Who started it; null when the account is closed.</summary>
    public string? User { get; init; }
    public required RunKind Kind { get; init; }
    public required RunState State { get; init; }
    public required bool IsPublic { get; init; }
    public required int Priority { get; init; }
    public required string Base { get; init; }
    public string? Target { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? Worker { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The number of the newest event.</summary>
    public required long LastNumber { get; init; }
    public required int Step { get; init; }
    public required int Steps { get; init; }
    public double? Loss { get; init; }
    public double? HeldOutLoss { get; init; }
    public double? SecondsLeft { get; init; }
    public double? TokensPerSecond { get; init; }

    /// <summary>Why it is in its state, for people.</summary>
    public string? Message { get; init; }

    /// <summary>The adapter's repository and revision, once published.</summary>
    public string? Result { get; init; }
    public string? ResultCommit { get; init; }

    /// <summary>Of the sweep that it belongs to, and what sets it apart there.</summary>
    public long? SweepId { get; init; }
    public string? SweepLabel { get; init; }

    internal static RunView Of(Run run) => new()
    {
        SweepId = run.Sweep?.SweepId, SweepLabel = run.Sweep?.Label,
        Id = run.Id, Name = run.Name, Owner = run.Owner.Name, User = run.User?.UserName, Kind = run.Kind, State = run.State, IsPublic = run.IsPublic,
        Priority = run.Priority, Base = run.BaseReference, Target = run.Target, CreatedAt = run.CreatedAt, StartedAt = run.StartedAt, FinishedAt = run.FinishedAt,
        Worker = RunStates.IsLeased(run.State) ? run.Worker?.Name : null, Attempt = run.Attempt, LastNumber = run.LastNumber, Step = run.Step, Steps = run.Steps,
        Loss = run.Loss, HeldOutLoss = run.HeldOutLoss, SecondsLeft = run.SecondsLeft, TokensPerSecond = run.TokensPerSecond, Message = run.Message,
        Result = run.ResultCommitId is null ? null : run.Target, ResultCommit = run.ResultCommitId,
    };
}

/// <summary>A run with what belongs to it.</summary>
/// <param name="Run">The run.</param>
/// <param name="SpecJson">As it was asked for.</param>
/// <param name="After">Runs that it waits or waited for.</param>
/// <param name="Sources">Repositories that it reads, with revisions.</param>
/// <param name="Checkpoints">Where it can go on, oldest first.</param>
/// <param name="CanAct">Whether the actor may cancel, pause and so on.</param>
public sealed record RunDetail(
    RunView Run, string SpecJson, IReadOnlyList<long> After, IReadOnlyList<RunSourceView> Sources, IReadOnlyList<RunCheckpointView> Checkpoints, bool CanAct)
{
    /// <summary>Those of <see cref="After"/> that the actor sees.</summary>
    public IReadOnlyList<RunView> Before { get; init; } = [];

    /// <summary>Runs that wait or waited for this one and that the actor sees.</summary>
    public IReadOnlyList<RunView> Followers { get; init; } = [];
}

/// <param name="Relation">BaseModel, Dataset or BlendParent.</param>
public sealed record RunSourceView(string Reference, LineageRelation Relation, string? CommitId);

public sealed record RunCheckpointView(int Step, DateTimeOffset CreatedAt, long Bytes);

/// <summary>Which runs to list; what is null or empty does not matter.</summary>
public sealed record RunQuery
{
    public string? Owner { get; init; }
    public IReadOnlyList<RunState> States { get; init; } = [];
    public RunKind? Kind { get; init; }

    /// <summary>The full name of the base model's repository.</summary>
    public string? Base { get; init; }

    /// <summary>Only those of one sweep.</summary>
    public long? Sweep { get; init; }

    /// <summary>Part of the name, the base or the target.</summary>
    public string? Text { get; init; }

    /// <summary>Only those under names that the actor may write under.</summary>
    public bool Mine { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <param name="Runs">Newest first.</param>
/// <param name="Total">Without skip and take.</param>
public sealed record RunPage(IReadOnlyList<RunView> Runs, int Total);

/// <summary>How many runs an actor sees under one name.</summary>
public sealed record RunCount(string Name, int Count);

/// <param name="Owners">Those whose runs the actor sees, by name.</param>
/// <param name="Bases">Their base models' repositories, by name.</param>
public sealed record RunFacets(IReadOnlyList<RunCount> Owners, IReadOnlyList<RunCount> Bases);

/// <summary>How fast training runs of one base model went on one worker.</summary>
/// <param name="TokensPerSecond">Mean of the newest.</param>
public sealed record RunSpeed(string Worker, bool HasGpu, double TokensPerSecond, int Runs);
