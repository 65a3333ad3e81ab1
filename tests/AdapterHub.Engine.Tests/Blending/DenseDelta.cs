using AdapterHub.Formats;

namespace AdapterHub.Engine.Tests.Blending;

/// <summary>
/// What an adapter adds to the base model's weights, formed in full and in double precision by loops over the definition: delta = s B A, s =
/// alpha / r or alpha / sqrt r; bias += s b. Shares no code with what it checks.
/// </summary>
internal sealed class DenseDelta
{
    private readonly Dictionary<string, double[]> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _values.Keys;

    public double[] this[string name] => _values[name];

    public static DenseDelta Of(params (LoraAdapter Adapter, double Weight)[] parents)
    {
        var sum = new DenseDelta();
        foreach (var (adapter, weight) in parents)
        {
            foreach (var module in adapter.Modules)
                sum.Add(module, weight);
        }

        return sum;
    }

    /// <summary>Any tensors, by the names of weights and biases.</summary>
    public static DenseDelta From(IEnumerable<KeyValuePair<string, double[]>> values)
    {
        var delta = new DenseDelta();
        foreach (var (name, tensor) in values)
            delta._values.Add(name, tensor);
        return delta;
    }

    /// <summary>||left - right|| / ||right|| in the Frobenius norm; 0 when the difference is.</summary>
    public static double Distance(double[]? left, double[]? right)
    {
        double difference = 0, norm = 0;
        for (var i = 0; i < (left ?? right)!.Length; i++)
        {
            var (l, r) = (left?[i] ?? 0, right?[i] ?? 0);
            difference += (l - r) * (l - r);
            norm += r * r;
        }

        return difference == 0 ? 0 : Math.Sqrt(difference / norm);
    }

    /// <summary>Every weight and bias that either side changes agrees; a tensor of only one side counts as 0 on the other.</summary>
    public void ShouldEqual(DenseDelta expected, double tolerance)
    {
        foreach (var name in Names.Union(expected.Names))
            Distance(_values.GetValueOrDefault(name), expected._values.GetValueOrDefault(name)).ShouldBeLessThanOrEqualTo(tolerance, name);
    }

    /// <summary>Singular values of a matrix, descending, by one-sided Jacobi rotations (Golub and Van Loan, 8.6.3).</summary>
    public static double[] SingularValues(double[] matrix, int columns)
    {
        var rows = matrix.Length / columns;
        var a = (double[])matrix.Clone();
        for (var (sweep, off) = (0, 1.0); sweep < 60 && off > 1e-28; sweep++)
        {
            off = 0;
            for (var p = 0; p < columns; p++)
            {
                for (var q = p + 1; q < columns; q++)
                    off = Math.Max(off, Rotate(a, rows, columns, p, q));
            }
        }

        return [.. Enumerable.Range(0, columns).Select(c => Math.Sqrt(Enumerable.Range(0, rows).Sum(r => a[r * columns + c] * a[r * columns + c]))).OrderDescending()];
    }

    /// <summary>Makes two columns orthogonal; gives the square of their cosine before.</summary>
    private static double Rotate(double[] a, int rows, int columns, int p, int q)
    {
        double pp = 0, qq = 0, pq = 0;
        for (var r = 0; r < rows; r++)
        {
            var (x, y) = (a[r * columns + p], a[r * columns + q]);
            (pp, qq, pq) = (pp + x * x, qq + y * y, pq + x * y);
        }

        if (pp == 0 || qq == 0 || pq == 0)
            return 0;
        var zeta = (qq - pp) / (2 * pq);
        var t = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
        var c = 1 / Math.Sqrt(1 + t * t);
        for (var r = 0; r < rows; r++)
        {
            var (x, y) = (a[r * columns + p], a[r * columns + q]);
            (a[r * columns + p], a[r * columns + q]) = (c * x - c * t * y, c * t * x + c * y);
        }

        return pq * pq / (pp * qq);
    }

    private void Add(LoraModule module, double weight)
    {
        var s = weight * (module.UseRslora ? module.Alpha / Math.Sqrt(module.Rank) : module.Alpha / module.Rank);
        var (a, b) = (module.A.ToSingles(), module.B.ToSingles());
        var outputs = b.Length / module.Rank;
        var inputs = a.Length / module.Rank;
        var delta = Get(module.Path + ".weight", outputs * inputs);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var product = 0.0;
                for (var j = 0; j < module.Rank; j++)
                    product += (double)b[o * module.Rank + j] * a[j * inputs + i];
                // An embedding's weight is (vocabulary, dim), a Conv1D's (in, out): both transposed.
                var transposed = module.Kind == LoraModuleKind.Embedding || module.FanInFanOut;
                delta[transposed ? i * outputs + o : o * inputs + i] += s * product;
            }
        }

        if (module.BiasB is not { } biasB)
            return;
        var bias = Get(module.Path + ".bias", outputs);
        var values = biasB.ToSingles();
        for (var o = 0; o < outputs; o++)
            bias[o] += s * values[o];
    }

    private double[] Get(string name, int length) => _values.TryGetValue(name, out var values) ? values : _values[name] = new double[length];
}
