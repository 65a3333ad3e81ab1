using AdapterHub.Catalog.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>One of several runs that are looked at together.</summary>
/// <param name="Detail">As it stands in the catalogue.</param>
/// <param name="Story">Its curves, which grow while it runs.</param>
/// <param name="Colour">Which of the charts' colours.</param>
public sealed record ComparedRun(RunDetail Detail, RunStory Story, int Colour)
{
    public RunView Run => Detail.Run;

    /// <summary>Of all measurements, or what the list knows where the log has none.</summary>
    public double? BestHeldOut => Story.Curve("heldOut.loss") is { Count: > 0 } curve ? curve.Min(point => point.Value) : Run.HeldOutLoss;

    public double? Loss => Story.Step?.Loss ?? (Story.Curve("loss") is { Count: > 0 } curve ? curve[^1].Value : Run.Loss);

    public double? TokensPerSecond => Story.Step?.TokensPerSecond ?? Run.TokensPerSecond;

    public int Step => Math.Max(Run.Step, Story.Step?.Step ?? 0);

    /// <summary>From its first step to its end, or till now.</summary>
    public TimeSpan? Took(DateTimeOffset now) => Run.StartedAt is { } start ? (Run.FinishedAt ?? now) - start : null;
}
