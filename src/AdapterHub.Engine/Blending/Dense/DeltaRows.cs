namespace AdapterHub.Engine.Blending.Dense;

/// <summary>
/// A matrix that is read in bands of rows and never exists as a whole, so that a layer of any size takes the memory of a band. Reading the same
/// rows again gives the same bits.
/// </summary>
internal abstract class DeltaRows(int rows, int width)
{
    /// <summary>Elements of a band.</summary>
    private const int BandElements = 1 << 20;

    public int Rows { get; } = rows;

    public int Width { get; } = width;

    public long Count => (long)Rows * Width;

    /// <summary>Rows of a band; the last one may have fewer.</summary>
    public int BandRows => Math.Clamp(BandElements / Width, 1, Rows);

    /// <summary>Row-major elements from row <paramref name="start"/> on, as many rows as the span holds.</summary>
    public abstract void Read(int start, Span<double> band);

    /// <summary>Every band in order; each overwrites the one before.</summary>
    public IEnumerable<(int Start, ArraySegment<double> Values)> Bands()
    {
        var buffer = new double[BandRows * Width];
        for (var start = 0; start < Rows; start += BandRows)
        {
            var band = new ArraySegment<double>(buffer, 0, Math.Min(BandRows, Rows - start) * Width);
            Read(start, band);
            yield return (start, band);
        }
    }
}

/// <summary>What one parent changes: any element can also be had alone.</summary>
internal abstract class ParentRows(int rows, int width) : DeltaRows(rows, width)
{
    public abstract double At(int row, int column);
}

/// <summary>A matrix that is in memory.</summary>
internal sealed class ArrayRows(double[] values, int width) : DeltaRows(values.Length / width, width)
{
    public override void Read(int start, Span<double> band) => values.AsSpan(start * Width, band.Length).CopyTo(band);
}
