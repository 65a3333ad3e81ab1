namespace AdapterHub.Engine.Training.Datasets;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Written out here because the order of the data must
/// be the same in every release of this program and of .NET, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class SplitMix64
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    public SplitMix64(ulong seed) => _state = seed;

    /// <summary>A stream of its own for each purpose and epoch under one seed.</summary>
    public static SplitMix64 For(ulong seed, ulong purpose, long epoch) =>
        new(Mix(Mix(Mix(seed + Golden) + purpose) + unchecked((ulong)epoch)));

    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias (Lemire, "Fast Random Integer Generation in an Interval", 2019).</summary>
    public long Next(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var high = Math.BigMul(Next(), range, out var low);
        if (low < range)
        {
            var rejected = (0UL - range) % range;
            while (low < rejected)
                high = Math.BigMul(Next(), range, out low);
        }

        return (long)high;
    }

    /// <summary>Fisher and Yates, from the end.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var k = items.Length - 1; k > 0; k--)
        {
            var other = (int)Next(k + 1);
            (items[k], items[other]) = (items[other], items[k]);
        }
    }

    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
