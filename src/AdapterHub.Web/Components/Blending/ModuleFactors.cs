using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace AdapterHub.Web.Components.Blending;

/// <summary>How much of an adapter's weight each module of a layer takes, in the order of <see cref="LayerModule.All"/>.</summary>
public sealed class ModuleFactors : IEquatable<ModuleFactors>
{
    private readonly ImmutableArray<double> _values;

    private ModuleFactors(IEnumerable<double> values) => _values = [.. values];

    /// <summary>All of it, everywhere.</summary>
    public static ModuleFactors One { get; } = Of(1, 1);

    public double this[LayerModule module] => _values[IndexOf(module)];

    public static ModuleFactors Of(double attention, double mlp) => new(LayerModule.All.Select(module => BlendPlan.Clamp(module.Part == LayerModule.Mlp ? mlp : attention)));

    public ModuleFactors With(Func<LayerModule, bool> which, double factor)
    {
        ArgumentNullException.ThrowIfNull(which);
        return new ModuleFactors(LayerModule.All.Select(module => which(module) ? BlendPlan.Clamp(factor) : this[module]));
    }

    /// <summary>The factor of all modules of a part; null where they differ.</summary>
    public double? OfPart(string part) => LayerModule.All.Where(module => module.Part == part).Select(module => this[module]).Distinct().ToList() is [var only] ? only : null;

    /// <summary>No module differs from its part.</summary>
    public bool ArePartsWhole => OfPart(LayerModule.Attention) is not null && OfPart(LayerModule.Mlp) is not null;

    /// <summary>The factor that most modules of a part have, the first where several have as many.</summary>
    public double MostlyOf(string part) => LayerModule.All.Where(module => module.Part == part).GroupBy(module => this[module]).MaxBy(group => group.Count())!.Key;

    /// <summary>Such as <c>1:0.5</c> for attention and MLP, or a number for each module.</summary>
    public static bool TryParse(ReadOnlySpan<string> parts, [NotNullWhen(true)] out ModuleFactors? factors)
    {
        factors = null;
        var values = new double[parts.Length];
        for (var k = 0; k < parts.Length; k++)
            if (!BlendPlan.TryNumber(parts[k], out values[k]))
                return false;
        factors = values switch
        {
            [] => One,
            [var attention, var mlp] => Of(attention, mlp),
            _ when values.Length == LayerModule.All.Count => new ModuleFactors(values.Select(BlendPlan.Clamp)),
            _ => null,
        };
        return factors is not null;
    }

    public bool Equals(ModuleFactors? other) => other is not null && _values.AsSpan().SequenceEqual(other._values.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ModuleFactors);

    public override int GetHashCode() => _values.Aggregate(0, HashCode.Combine);

    /// <summary>As <see cref="TryParse"/> reads it; empty where nothing is said.</summary>
    public override string ToString() => Equals(One)
        ? ""
        : string.Join(':', (ArePartsWhole ? [_values[0], _values[^1]] : _values).Select(BlendPlan.Text));

    private static int IndexOf(LayerModule module)
    {
        for (var k = 0; k < LayerModule.All.Count; k++)
            if (LayerModule.All[k] == module)
                return k;
        throw new ArgumentException($"{module.Path} is no module of a layer.", nameof(module));
    }
}
