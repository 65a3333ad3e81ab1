namespace AdapterHub.Engine.Blending.Dense;

/// <summary>
/// w (W' - W_0) of a DoRA layer, W' = m (W_0 + s B A) / |W_0 + s B A| with the norm over the inputs of each output (Liu et al. 2024). What merging
/// the adapter into its base would add; it has full rank, for it rescales the base's own rows.
/// </summary>
internal sealed class DoraRows : ParentRows
{
    private readonly FactorRows _change;
    private readonly float[] _base;
    private readonly double[] _factors;
    private readonly LayerShape _shape;
    private readonly double _weight;

    private DoraRows(FactorRows change, float[] weights, double[] factors, LayerShape shape, double weight)
        : base(change.Rows, change.Width) => (_change, _base, _factors, _shape, _weight) = (change, weights, factors, shape, weight);

    public static DoraRows Of(Share share, LayerShape shape, BaseWeights model)
    {
        var module = share.Module;
        var change = FactorRows.Of(shape, module.A.ToSingles(), module.B.ToSingles(), module.Scale);
        var (weights, m) = (model.Read(module), module.Magnitude!.ToSingles());
        var norms = new double[shape.Outputs];
        var rows = new DoraRows(change, weights, norms, shape, share.Weight);
        foreach (var (start, values) in change.Bands())
        {
            for (var i = 0; i < values.Count; i++)
            {
                var (o, place) = rows.Place(start, i);
                norms[o] += (weights[place] + values[i]) * (weights[place] + values[i]);
            }
        }

        for (var o = 0; o < norms.Length; o++)
            norms[o] = norms[o] > 0 ? m[o] / Math.Sqrt(norms[o]) : 0;
        return rows;
    }

    public override void Read(int start, Span<double> band)
    {
        _change.Read(start, band);
        for (var i = 0; i < band.Length; i++)
        {
            var (o, place) = Place(start, i);
            band[i] = Difference(o, place, band[i]);
        }
    }

    public override double At(int row, int column)
    {
        var (o, place) = Place(row, column);
        return Difference(o, place, _change.At(row, column));
    }

    private double Difference(int output, int place, double change) => _weight * (_factors[output] * (_base[place] + change) - _base[place]);

    /// <summary>The output and the place in W_0 (out, in) of an element of a band.</summary>
    private (int Output, int Place) Place(int start, int i)
    {
        var (row, column) = (start + i / Width, i % Width);
        return _shape.IsTall ? (row, row * Width + column) : (column, column * _shape.Inputs + row);
    }
}
