namespace AdapterHub.Engine.Blending.Dense;

/// <summary>What a method makes of several matrices element by element.</summary>
internal sealed class MergedRows(IReadOnlyList<(DeltaRows Rows, IPruning Pruning)> sources, IElementMerge merge)
    : DeltaRows(sources[0].Rows.Rows, sources[0].Rows.Width)
{
    private double[][] _bands = [];

    public override void Read(int start, Span<double> band)
    {
        if (_bands.Length == 0 || _bands[0].Length < band.Length)
        {
            var size = Math.Max(BandRows * Width, band.Length);
            _bands = [.. sources.Select(_ => new double[size])];
        }

        for (var source = 0; source < sources.Count; source++)
        {
            var values = _bands[source].AsSpan(0, band.Length);
            sources[source].Rows.Read(start, values);
            sources[source].Pruning.Apply(values, (long)start * Width);
        }

        merge.Merge(_bands, band);
    }
}
