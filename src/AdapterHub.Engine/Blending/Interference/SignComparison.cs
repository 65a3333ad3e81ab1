using AdapterHub.Engine.Blending.Dense;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>Where two changes have opposite signs.</summary>
/// <param name="Opposite">Share of the elements.</param>
/// <param name="Against">sum |x y| over those.</param>
/// <param name="Whole">sum |x y| over all.</param>
/// <param name="IsSampled">Counted at random places only, and the sums scaled up.</param>
internal sealed record SignComparison(double Opposite, double Against, double Whole, bool IsSampled)
{
    /// <summary>Larger modules are sampled.</summary>
    public const long MostElements = 1 << 20;

    /// <summary>Places of a sample, drawn independently: a standard error of at most 0.2 percent.</summary>
    private const int SamplePlaces = 1 << 16;

    private const ulong SampleSeed = 20261123;

    /// <summary>Every two of the sources by their places.</summary>
    public static Dictionary<(int First, int Second), SignComparison> Measure(IReadOnlyList<ParentRows> sources)
    {
        var isSampled = sources[0].Count > MostElements;
        var counts = new Dictionary<(int, int), Counter>();
        foreach (var values in isSampled ? Sample(sources) : Bands(sources))
        {
            for (var i = 0; i < values.Length; i++)
            {
                for (var j = i + 1; j < values.Length; j++)
                {
                    var counter = counts.TryGetValue((i, j), out var found) ? found : counts[(i, j)] = new Counter();
                    counter.Add(values[i], values[j]);
                }
            }
        }

        return counts.ToDictionary(entry => entry.Key, entry => entry.Value.Finish(sources[0].Count, isSampled));
    }

    /// <summary>The same elements of every source, all of them in turn.</summary>
    private static IEnumerable<ArraySegment<double>[]> Bands(IReadOnlyList<ParentRows> sources)
    {
        var first = sources[0];
        var bands = sources.Select(source => new double[source.BandRows * source.Width]).ToArray();
        for (var start = 0; start < first.Rows; start += first.BandRows)
        {
            var values = Array.ConvertAll(bands, band => new ArraySegment<double>(band, 0, Math.Min(first.BandRows, first.Rows - start) * first.Width));
            for (var source = 0; source < sources.Count; source++)
                sources[source].Read(start, values[source]);
            yield return values;
        }
    }

    /// <summary>The same random elements of every source, and the same ones for every layer of a size.</summary>
    private static IEnumerable<ArraySegment<double>[]> Sample(IReadOnlyList<ParentRows> sources)
    {
        var random = new SplitMix64(SampleSeed);
        var places = new (int Row, int Column)[SamplePlaces];
        for (var place = 0; place < places.Length; place++)
            places[place] = ((int)random.Next(sources[0].Rows), (int)random.Next(sources[0].Width));
        yield return [.. sources.Select(source => new ArraySegment<double>(Array.ConvertAll(places, place => source.At(place.Row, place.Column))))];
    }

    private sealed class Counter
    {
        private long _opposite;
        private long _count;
        private double _against;
        private double _whole;

        public void Add(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
        {
            for (var i = 0; i < left.Length; i++)
            {
                var product = left[i] * right[i];
                if (product < 0)
                {
                    _opposite++;
                    _against -= product;
                }

                _whole += Math.Abs(product);
            }

            _count += left.Length;
        }

        public SignComparison Finish(long elements, bool isSampled)
        {
            var scale = (double)elements / _count;
            return new SignComparison((double)_opposite / _count, _against * scale, _whole * scale, isSampled);
        }
    }
}
