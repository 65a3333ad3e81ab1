using System.Security.Cryptography;
using System.Text;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Blending.Dense;

/// <summary>Sets elements of a matrix to 0.</summary>
internal interface IPruning
{
    /// <param name="values">Some elements, row-major; changed in place.</param>
    /// <param name="first">The number of the first one in the whole matrix.</param>
    void Apply(Span<double> values, long first);
}

/// <summary>Leaves everything.</summary>
internal sealed class NoPruning : IPruning
{
    public static NoPruning Instance { get; } = new();

    public void Apply(Span<double> values, long first)
    {
    }
}

/// <summary>Keeps what is at least as large as the threshold; of equal elements at the threshold all stay.</summary>
internal sealed class MagnitudePruning(double threshold) : IPruning
{
    /// <summary>The largest elements, their number the share <paramref name="density"/> of all, rounded down as PEFT does, and at least one.</summary>
    public static IPruning Of(DeltaRows rows, double density)
    {
        var kept = Math.Max(1, (long)(density * rows.Count));
        return kept >= rows.Count ? NoPruning.Instance : new MagnitudePruning(MagnitudeThreshold.Find(rows, kept));
    }

    public void Apply(Span<double> values, long first)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = Math.Abs(values[i]) >= threshold ? values[i] : 0;
    }
}

/// <summary>
/// DARE (Yu et al. 2024): each element stays with the chance p and is then divided by p, so that the expectation is the element itself. The chance
/// of an element hangs on seed, parent, layer and its number alone (SplitMix64 as a counter), so no order of reading changes it.
/// </summary>
internal sealed class RandomPruning(ulong key, double density) : IPruning
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const double Unit = 1.0 / (1UL << 53);

    public static IPruning Of(ulong seed, int parent, string part, double density) => density >= 1
        ? NoPruning.Instance
        : new RandomPruning(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed} {parent} {part}")))), density);

    public void Apply(Span<double> values, long first)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var chance = (SplitMix64.Mix(key + (ulong)(first + i + 1) * Golden) >> 11) * Unit;
            values[i] = chance < density ? values[i] / density : 0;
        }
    }
}
