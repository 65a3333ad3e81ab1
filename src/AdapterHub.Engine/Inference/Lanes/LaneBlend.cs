using System.Collections.Immutable;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>One adapter's part in a lane.</summary>
/// <param name="Adapter">Whose change it is.</param>
/// <param name="Weight">How often the change counts; any finite number.</param>
/// <param name="Modules">Layers with a weight of their own; the first rule that matches a layer decides it, as in a blend's recipe.</param>
public sealed record LaneShare(ResidentAdapter Adapter, double Weight, ImmutableArray<ModuleWeight> Modules = default)
{
    /// <summary>w in the layer of that path.</summary>
    public double WeightAt(string path)
    {
        foreach (var rule in Modules.IsDefault ? [] : Modules)
            if (rule.Pattern.Matches(path))
                return rule.Weight;
        return Weight;
    }

    internal bool Contributes => Weight != 0 || (!Modules.IsDefault && Modules.Any(rule => rule.Weight != 0));
}

/// <summary>What a lane adds to the base: W = W_0 + sum of w_i D_i in every layer, D_i an adapter's change. Without shares it is the base itself.</summary>
public sealed class LaneBlend
{
    private readonly Dictionary<(ResidentAdapter, string), float> _coefficients = [];

    /// <exception cref="Formats.AdapterFormatException">What the shares ask for together cannot be evaluated; says why.</exception>
    public LaneBlend(IEnumerable<LaneShare> shares)
    {
        Shares = [.. shares.Where(share => share.Contributes)];
        Replacement = WeightReplacement.Find(Shares);
        foreach (var share in Shares)
            foreach (var (path, factors) in share.Adapter.Factors)
                if (share.WeightAt(path) is var weight and not 0)
                    _coefficients[(share.Adapter, path)] = _coefficients.GetValueOrDefault((share.Adapter, path)) + (float)(weight * factors.Module.Scale);
    }

    public static LaneBlend Base { get; } = new([]);

    /// <summary>Those that count anywhere.</summary>
    public ImmutableArray<LaneShare> Shares { get; }

    /// <summary>Weights that the lane replaces whole; null for one whose changes all ride beside the base's own.</summary>
    internal WeightReplacement? Replacement { get; }

    internal IEnumerable<ResidentAdapter> Adapters => Shares.Select(share => share.Adapter).Where(adapter => adapter.Factors.Count > 0).Distinct();

    /// <summary>w s of an adapter in a layer.</summary>
    internal float Coefficient(ResidentAdapter adapter, string path) => _coefficients.GetValueOrDefault((adapter, path));
}
