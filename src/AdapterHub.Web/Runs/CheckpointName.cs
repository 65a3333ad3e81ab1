using System.Globalization;

namespace AdapterHub.Web.Runs;

/// <summary>How a lane names the adapter in a checkpoint: <c>run:17@400</c> is step 400 of run 17.</summary>
/// <param name="Run">Its number.</param>
/// <param name="Step">Of the checkpoint.</param>
public sealed record CheckpointName(long Run, int Step)
{
    private const string Prefix = "run:";

    /// <summary>Null for a name of anything else.</summary>
    public static CheckpointName? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..].Split('@') : [];
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var run)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? new CheckpointName(run, step) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Run}@{Step}");
}
