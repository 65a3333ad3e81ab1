namespace AdapterHub.Engine.Blending.Dense;

/// <summary>Makes one element of several.</summary>
internal interface IElementMerge
{
    /// <param name="sources">At least as long as <paramref name="merged"/> each.</param>
    /// <param name="merged">Overwritten.</param>
    void Merge(double[][] sources, Span<double> merged);
}

/// <summary>Adds them up.</summary>
internal sealed class SumMerge : IElementMerge
{
    public static SumMerge Instance { get; } = new();

    public void Merge(double[][] sources, Span<double> merged)
    {
        sources[0].AsSpan(0, merged.Length).CopyTo(merged);
        foreach (var source in sources.AsSpan(1))
        {
            for (var i = 0; i < merged.Length; i++)
                merged[i] += source[i];
        }
    }
}

/// <summary>
/// TIES, steps 2 and 3 (Yadav et al. 2023, section 4.2): each element elects a sign, and the mean of the elements of that sign is taken; zeros do
/// not count. The elements carry their weights already, so a parent that is taken away votes against its own direction.
/// </summary>
internal sealed class SignElection(MajoritySign majority) : IElementMerge
{
    public void Merge(double[][] sources, Span<double> merged)
    {
        for (var i = 0; i < merged.Length; i++)
        {
            var (total, votes) = (0.0, 0);
            foreach (var source in sources)
            {
                total += source[i];
                votes += Math.Sign(source[i]);
            }

            var isNegative = majority == MajoritySign.Frequency && votes != 0 ? votes < 0 : total < 0;
            merged[i] = MeanOfSign(sources, i, isNegative);
        }
    }

    private static double MeanOfSign(double[][] sources, int i, bool isNegative)
    {
        var (sum, count) = (0.0, 0);
        foreach (var source in sources)
        {
            var value = source[i];
            if (value == 0 || value < 0 != isNegative)
                continue;
            sum += value;
            count++;
        }

        return count == 0 ? 0 : sum / count;
    }
}
