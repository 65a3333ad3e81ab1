namespace AdapterHub.Catalog.Database;

/// <summary>Runs that were asked for together and differ in some settings. Each is a run like any other; this says what was varied, and keeps the request's key.</summary>
public sealed class Sweep
{
    public long Id { get; set; }
    public long OwnerId { get; set; }
    public Owner Owner { get; set; } = null!;

    /// <summary>Who started it; null once that account is closed.</summary>
    public long? UserId { get; set; }
    public User? User { get; set; }
    public required string Name { get; set; }

    /// <summary>Asked for again under the same key, the same sweep is answered.</summary>
    public string? RequestKey { get; set; }

    /// <summary>What was asked for, as JSON that the catalogue does not look into.</summary>
    public required string PlanJson { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public List<SweepRun> Runs { get; } = [];
}

/// <summary>A run's place in a sweep.</summary>
public sealed class SweepRun
{
    public long RunId { get; set; }
    public Run Run { get; set; } = null!;
    public long SweepId { get; set; }
    public Sweep Sweep { get; set; } = null!;

    /// <summary>From 0, as the combinations were made.</summary>
    public int Position { get; set; }

    /// <summary>What sets it apart, such as "rank 8, rate 2e-4".</summary>
    public required string Label { get; set; }
}
