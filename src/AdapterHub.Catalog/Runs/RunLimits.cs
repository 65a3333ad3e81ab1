namespace AdapterHub.Catalog.Runs;

/// <summary>Figures of the queue; the hub's settings <c>Runs:...</c> replace them.</summary>
public sealed record RunLimits
{
    /// <summary>How long a worker keeps a run without a sign of life.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs of one owner that have not ended.</summary>
    public int UnfinishedPerOwner { get; set; } = 500;

    /// <summary>Runs that are started together at most.</summary>
    public int RunsOfASweep { get; set; } = 48;

    /// <summary>Runs of one owner that workers have at once; null for as many as there are workers.</summary>
    public int? RunningPerOwner { get; set; }

    /// <summary>Leases lost in a row without progress after which a run fails: something about it ends its workers.</summary>
    public int LostLeases { get; set; } = 5;

    /// <summary>How long a viewer's right to watch is believed before it is looked up again.</summary>
    public TimeSpan ViewerBelief { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one checkpoint file or result file.</summary>
    public long FileBytes { get; set; } = 64L << 30;
}
