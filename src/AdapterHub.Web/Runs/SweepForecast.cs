using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>How long one worker takes for the runs of a sweep.</summary>
/// <param name="Longest">One after another.</param>
/// <param name="Shortest">As many together as a GPU's worker takes at once; the same where none of them can share a pass.</param>
internal sealed record SweepForecast(TimeSpan Longest, TimeSpan Shortest)
{
    /// <summary>What a worker on a GPU trains at once unless it is told otherwise.</summary>
    private const int MostTogether = 4;

    /// <summary>Throughput of four together over that of one after another: the 135M shape on an H100, activations checkpointed (README). Larger models gain less.</summary>
    private const double GainOfFour = 1.87;

    public static SweepForecast Of(IReadOnlyList<(TrainSpec Spec, double Seconds)> runs, bool hasGpu)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var longest = runs.Sum(run => run.Seconds);
        var shortest = hasGpu ? Groups(runs).Sum(group => group.Sum(run => run.Seconds) / Gain(group.Count)) : longest;
        return new SweepForecast(TimeSpan.FromSeconds(longest), TimeSpan.FromSeconds(shortest));
    }

    private static List<List<(TrainSpec Spec, double Seconds)>> Groups(IReadOnlyList<(TrainSpec Spec, double Seconds)> runs)
    {
        var groups = new List<List<(TrainSpec Spec, double Seconds)>>();
        foreach (var run in runs)
        {
            if (groups.Find(group => group.Count < MostTogether && JointRules.CanShare(group[0].Spec, run.Spec)) is { } group)
                group.Add(run);
            else
                groups.Add([run]);
        }

        return groups;
    }

    /// <summary>Between one and four nothing was measured; it is taken as a straight line.</summary>
    private static double Gain(int together) => 1 + (GainOfFour - 1) * (together - 1) / (MostTogether - 1);
}
