namespace AdapterHub.Engine.Blending.Dense;

/// <summary>
/// The n-th largest magnitude of a matrix that is read in bands. The bits of a positive double order as the number does, so a histogram of their
/// upper 16 finds the bin it lies in, one of the next 16 narrows the bin, and once the bin fits into memory it is sorted.
/// </summary>
internal static class MagnitudeThreshold
{
    private const int BinBits = 16;
    private const int MostSorted = 1 << 20;
    private const ulong Magnitude = long.MaxValue;

    /// <param name="rows">The matrix.</param>
    /// <param name="rank">n, from 1 to the number of elements.</param>
    public static double Find(DeltaRows rows, long rank)
    {
        ulong prefix = 0;
        for (var shift = 64 - BinBits; ; shift -= BinBits)
        {
            var bins = Count(rows, prefix, shift);
            var bin = bins.Length - 1;
            while (bins[bin] < rank)
                rank -= bins[bin--];
            prefix = (prefix << BinBits) | (uint)bin;
            if (shift == 0)
                return BitConverter.UInt64BitsToDouble(prefix);
            if (bins[bin] <= MostSorted)
                return Sort(rows, prefix, shift, (int)bins[bin], (int)rank);
        }
    }

    /// <summary>How many elements that begin with the prefix have each of the next bits.</summary>
    private static long[] Count(DeltaRows rows, ulong prefix, int shift)
    {
        var bins = new long[1 << BinBits];
        foreach (var (_, values) in rows.Bands())
        {
            foreach (var value in values.AsSpan())
            {
                var bits = BitConverter.DoubleToUInt64Bits(value) & Magnitude;
                if (shift == 64 - BinBits || bits >> (shift + BinBits) == prefix)
                    bins[(bits >> shift) & ((1 << BinBits) - 1)]++;
            }
        }

        return bins;
    }

    private static double Sort(DeltaRows rows, ulong prefix, int shift, int count, int rank)
    {
        var found = new ulong[count];
        var place = 0;
        foreach (var (_, values) in rows.Bands())
        {
            foreach (var value in values.AsSpan())
            {
                var bits = BitConverter.DoubleToUInt64Bits(value) & Magnitude;
                if (bits >> shift == prefix)
                    found[place++] = bits;
            }
        }

        Array.Sort(found);
        return BitConverter.UInt64BitsToDouble(found[^rank]);
    }
}
