namespace AdapterHub.Catalog.Runs;

/// <summary>Runs to be started together.</summary>
public sealed record SweepSubmission
{
    /// <summary>The name that all of them run under.</summary>
    public required string Owner { get; init; }
    public required string Name { get; init; }

    /// <summary>What was asked for, kept as it is.</summary>
    public required string PlanJson { get; init; }

    /// <summary>Asked for again with the same key by the same owner, the same sweep is answered.</summary>
    public string? RequestKey { get; init; }

    /// <summary>Each with what sets it apart.</summary>
    public required IReadOnlyList<(string Label, RunSubmission Run)> Runs { get; init; }
}

/// <summary>A run in a sweep.</summary>
/// <param name="Label">What sets it apart.</param>
public sealed record SweepRunView(RunView Run, string Label);

/// <summary>A sweep as one actor sees it.</summary>
/// <param name="PlanJson">As it was asked for.</param>
/// <param name="Runs">In the order of the combinations; those that the actor may not see are left out.</param>
/// <param name="CanAct">Whether the actor may cancel its runs.</param>
public sealed record SweepView(long Id, string Name, string Owner, string? User, DateTimeOffset CreatedAt, string PlanJson, IReadOnlyList<SweepRunView> Runs, bool CanAct)
{
    /// <summary>The lowest held-out loss of those that have one; null where nothing was measured.</summary>
    public SweepRunView? Best => Runs.Where(one => one.Run.HeldOutLoss is not null).MinBy(one => one.Run.HeldOutLoss);
}

/// <param name="Sweeps">Newest first.</param>
/// <param name="Total">Without skip and take.</param>
public sealed record SweepList(IReadOnlyList<SweepView> Sweeps, int Total);

/// <param name="Sweep">The sweep.</param>
/// <param name="IsNew">False where the key of the request had made it before.</param>
public sealed record StartedSweep(SweepView Sweep, bool IsNew);
