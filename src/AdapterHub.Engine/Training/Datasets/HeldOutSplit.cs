using System.Globalization;
using System.Runtime.InteropServices;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Training documents, and those kept for evaluation; null when nothing is held out.</summary>
public sealed record DocumentSplit(ITokenDocuments Training, ITokenDocuments? HeldOut);

/// <summary>
/// Keeps a share of the tokens out of training, chosen by a seed. Whole documents where they are small; a document that makes up much of the data is parted in
/// long blocks, so that what is held out is not interleaved with what is trained. Equal documents are always on the same side.
/// </summary>
public static class HeldOutSplit
{
    private const ulong Purpose = 64;

    /// <summary>A document above this share of all tokens is parted in blocks.</summary>
    private const double LargestWhole = 1 / 20.0;

    /// <summary>Into how many blocks the held-out share is aimed to fall.</summary>
    private const int HeldOutBlocks = 4;

    /// <summary>The chosen units may pass the share wanted by this factor.</summary>
    private const double Tolerance = 1.25;

    /// <param name="documents">All documents.</param>
    /// <param name="share">Of the tokens, 0 (nothing is held out) to 0.5.</param>
    /// <param name="seed">The same seed and documents give the same split.</param>
    /// <param name="sequenceLength">S; no block is shorter than a row.</param>
    /// <exception cref="DatasetException">A share outside its range, or too little data to part.</exception>
    public static DocumentSplit Split(ITokenDocuments documents, double share, ulong seed, int sequenceLength)
    {
        if (share is not (>= 0 and <= 0.5))
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"the held-out share is {share}; give a number from 0 (none) to 0.5"));
        if (share == 0)
            return new DocumentSplit(documents, null);
        var units = FindUnits(documents, share, sequenceLength);
        if (units.Count < 2)
            throw new DatasetException(DescribeTooSmall(documents, units.Count, share, sequenceLength));
        SplitMix64.For(seed, Purpose, 0).Shuffle(CollectionsMarshal.AsSpan(units));
        var heldOut = Choose(units, share * documents.TokenCount);
        return new DocumentSplit(
            new DocumentSlices(documents, Joined(units.Where(unit => !heldOut.Contains(unit)))),
            new DocumentSlices(documents, Joined(heldOut)));
    }

    private static HashSet<Unit> Choose(List<Unit> units, double wanted)
    {
        var chosen = new HashSet<Unit>();
        double tokens = 0;
        foreach (var unit in units)
        {
            if (tokens >= wanted || chosen.Count == units.Count - 1)
                break;
            if (tokens + unit.Tokens > wanted * Tolerance)
                continue;
            chosen.Add(unit);
            tokens += unit.Tokens;
        }

        // Every unit is larger than the share: the smallest, of equal ones the first in the shuffled order.
        if (chosen.Count == 0)
            chosen.Add(units.MinBy(unit => unit.Tokens)!);
        return chosen;
    }

    private static List<Unit> FindUnits(ITokenDocuments documents, double share, int sequenceLength)
    {
        var blockLength = Math.Max(sequenceLength + 1L, (long)Math.Ceiling(share * documents.TokenCount / HeldOutBlocks));
        var units = new List<Unit>();
        var byContent = new Dictionary<UInt128, Unit>();
        for (var document = 0; document < documents.Count; document++)
        {
            var length = documents.GetLength(document);
            if (documents.GetFit(document) != RowFit.Truncate && length > LargestWhole * documents.TokenCount && length >= 2 * blockLength)
            {
                units.AddRange(Blocks(document, length, (int)(length / blockLength)));
                continue;
            }

            var slice = new DocumentSlice(document, 0, length);
            ref var unit = ref CollectionsMarshal.GetValueRefOrAddDefault(byContent, Fingerprint(documents, document), out var known);
            if (known)
            {
                unit!.Slices.Add(slice);
                continue;
            }

            unit = new Unit([slice]);
            units.Add(unit);
        }

        return units;
    }

    private static IEnumerable<Unit> Blocks(int document, long length, int count)
    {
        for (var k = 0; k < count; k++)
        {
            var start = (long)((Int128)length * k / count);
            var end = (long)((Int128)length * (k + 1) / count);
            yield return new Unit([new DocumentSlice(document, start, end - start)]);
        }
    }

    /// <summary>In the order of the documents, with neighbouring blocks made one again.</summary>
    private static List<DocumentSlice> Joined(IEnumerable<Unit> units)
    {
        var joined = new List<DocumentSlice>();
        foreach (var slice in units.SelectMany(unit => unit.Slices).OrderBy(slice => slice.Document).ThenBy(slice => slice.Start))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Document == slice.Document && last.Start + last.Length == slice.Start)
                joined[^1] = last with { Length = last.Length + slice.Length };
            else
                joined.Add(slice);
        }

        return joined;
    }

    /// <summary>Two lanes of a 64-bit mixing function: equal documents meet, others do so less often than once in 10^18 documents.</summary>
    private static UInt128 Fingerprint(ITokenDocuments documents, int document)
    {
        const int block = 1 << 14;
        var length = documents.GetLength(document);
        var tokens = new int[(int)Math.Min(block, length)];
        var (a, b) = ((ulong)length, ~(ulong)length);
        for (long at = 0; at < length; at += block)
        {
            var part = tokens.AsSpan(0, (int)Math.Min(block, length - at));
            documents.ReadTokens(document, at, part);
            foreach (var token in part)
            {
                a = SplitMix64.Mix(a ^ (uint)token);
                b = SplitMix64.Mix(b + (uint)token + 0x9E3779B97F4A7C15);
            }
        }

        return new UInt128(a, b);
    }

    private static string DescribeTooSmall(ITokenDocuments documents, int units, double share, int sequenceLength)
    {
        var found = documents.Count == 1 ? "one document" : units == 1 && documents.Count > 1 ? $"{documents.Count} equal documents" : "no document";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the data is {found} of {documents.TokenCount} tokens, too little to hold out a share of {share} with a sequence length of {sequenceLength}: " +
            $"it takes two different documents, or running text of at least {2 * (sequenceLength + 1L)} tokens; " +
            $"add data, shorten the sequence length, name a held-out file, or set the share to 0");
    }

    private sealed class Unit(List<DocumentSlice> slices)
    {
        public List<DocumentSlice> Slices { get; } = slices;

        public long Tokens => Slices.Sum(slice => slice.Length);
    }
}
