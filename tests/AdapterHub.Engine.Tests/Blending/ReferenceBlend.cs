namespace AdapterHub.Engine.Tests.Blending;

/// <summary>
/// The methods as their papers write them, on the full changes in double precision, by sorting and loops. Shares no code with what it checks.
/// </summary>
internal static class ReferenceBlend
{
    /// <summary>What the recipe makes of every tensor that anything changes, before any cut to a rank.</summary>
    public static DenseDelta Of(BlendRecipe recipe)
    {
        var parents = recipe.Parents.Where(parent => parent.Adapter is not null).Select(parent => (Parent: parent, Delta: DenseDelta.Of((parent.Adapter!, 1)))).ToList();
        var names = parents.SelectMany(parent => parent.Delta.Names).Distinct(StringComparer.Ordinal);
        return DenseDelta.From(names.Select(name =>
        {
            var path = name[..name.LastIndexOf('.')];
            var sources = parents.Where(parent => parent.Delta.Names.Contains(name))
                .Select(parent => (Weight: recipe.Scale * parent.Parent.WeightAt(path), Values: parent.Delta[name])).Where(source => source.Weight != 0).ToList();
            return KeyValuePair.Create(name, sources.Count == 0 ? new double[parents.First(parent => parent.Delta.Names.Contains(name)).Delta[name].Length] : Combine(recipe, sources));
        }));
    }

    /// <summary>Keeps the largest elements and sets the others to 0.</summary>
    public static double[] Prune(double[] values, double density)
    {
        var kept = Math.Max(1, (int)(density * values.Length));
        var threshold = values.Select(Math.Abs).OrderDescending().ElementAt(kept - 1);
        return [.. values.Select(value => Math.Abs(value) >= threshold ? value : 0)];
    }

    /// <summary>TIES: elect a sign for each element, and take the mean of those that have it.</summary>
    public static double[] Elect(IReadOnlyList<double[]> sources, MajoritySign majority) =>
    [
        .. Enumerable.Range(0, sources[0].Length).Select(place =>
        {
            var values = sources.Select(source => source[place]).Where(value => value != 0).ToList();
            var (positive, negative) = (values.Count(value => value > 0), values.Count(value => value < 0));
            var isNegative = majority == MajoritySign.Frequency && positive != negative ? negative > positive : values.Sum() < 0;
            return values.Where(value => value < 0 == isNegative).DefaultIfEmpty(0).Average();
        }),
    ];

    private static double[] Combine(BlendRecipe recipe, List<(double Weight, double[] Values)> sources) => recipe.Method switch
    {
        BlendMethod.Exact or BlendMethod.LowRank or BlendMethod.TaskArithmetic => Sum(sources.Select(source => Times(source.Values, source.Weight))),
        BlendMethod.MagnitudePrune => Sum(sources.Select(source => Times(Prune(source.Values, recipe.Density!.Value), source.Weight))),
        BlendMethod.Ties => Elect([.. sources.Select(source => Times(Prune(source.Values, recipe.Density!.Value), source.Weight))], recipe.MajoritySign),
        BlendMethod.Slerp => sources.Count == 1 ? Times(sources[0].Values, sources[0].Weight) : Arc(sources[0], sources[1]),
        _ => throw new NotSupportedException($"{recipe.Method}"),
    };

    private static double[] Arc((double Weight, double[] Values) first, (double Weight, double[] Values) second)
    {
        var (n1, n2) = (Norm(first.Values), Norm(second.Values));
        var t = second.Weight / (first.Weight + second.Weight);
        var angle = Math.Acos(Math.Clamp(first.Values.Zip(second.Values, (x, y) => x / n1 * (y / n2)).Sum(), -1, 1));
        var length = first.Weight * n1 + second.Weight * n2;
        return Sum([Times(first.Values, length * Math.Sin((1 - t) * angle) / Math.Sin(angle) / n1), Times(second.Values, length * Math.Sin(t * angle) / Math.Sin(angle) / n2)]);
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static double[] Times(double[] values, double factor) => Array.ConvertAll(values, value => factor * value);

    private static double[] Sum(IEnumerable<double[]> sources) => sources.Aggregate((left, right) => [.. left.Zip(right, (x, y) => x + y)]);
}
