using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Blending;

/// <summary>How a weight goes from the first layer of a model to its last.</summary>
public enum CurveShape
{
    All,
    Early,
    Middle,
    Late,
    Rising,
    Falling,
    Bell,
}

/// <summary>
/// An adapter's weight through a model: a shape over its layers times a factor for each module of a layer. The weight stays one number, so that a
/// slider raises and lowers the whole curve. Modules outside the layers, such as embeddings, keep the plain weight.
/// </summary>
/// <param name="Layers">Of the base model, at least 1.</param>
public sealed record LayerCurve(CurveShape Shape, int Layers, ModuleFactors Factors)
{
    public const int MostLayers = 400;

    public LayerCurve(CurveShape shape, int layers, double attention = 1, double mlp = 1)
        : this(shape, layers, ModuleFactors.Of(attention, mlp))
    {
    }

    /// <summary>The same weight everywhere: no curve at all.</summary>
    public bool IsPlain => Shape == CurveShape.All && Factors.Equals(ModuleFactors.One);

    /// <summary>0 to 1.</summary>
    /// <param name="layer">Counted from 0.</param>
    public double At(int layer) => Shape switch
    {
        CurveShape.Early => 3 * layer / Layers == 0 ? 1 : 0,
        CurveShape.Middle => 3 * layer / Layers == 1 ? 1 : 0,
        CurveShape.Late => 3 * layer / Layers == 2 ? 1 : 0,
        CurveShape.Rising => (layer + 1.0) / Layers,
        CurveShape.Falling => (Layers - layer) / (double)Layers,
        CurveShape.Bell => Math.Sin(Math.PI * (layer + 0.5) / Layers),
        _ => 1,
    };

    /// <summary>The shape as the path of an icon of 16 by 8.</summary>
    internal static string OutlineOf(CurveShape shape) => "M1 7" + string.Concat(Enumerable.Range(0, 15).Select(x =>
        string.Create(CultureInfo.InvariantCulture, $"L{x + 1} {7 - 6 * new LayerCurve(shape, 15).At(x):0.##}"))) + "L15 7";

    /// <summary>Weights of layers, neighbours with equal ones together; the first that matches a module decides it.</summary>
    public IEnumerable<LayerWeight> ToRules(double weight)
    {
        for (var first = 0; first < Layers && !IsPlain;)
        {
            var last = first;
            while (last + 1 < Layers && At(last + 1) == At(first))
                last++;
            foreach (var rule in RulesOf(first == last ? $"layers.{first}" : $"layers.{first}-{last}", weight * At(first)))
                yield return rule;
            first = last + 1;
        }
    }

    /// <summary>As few as say it: one for the whole layers, or one for a part after those of its modules that differ from most of it.</summary>
    private IEnumerable<LayerWeight> RulesOf(string range, double here)
    {
        if (Factors.OfPart(LayerModule.Attention) is { } attention && Factors.OfPart(LayerModule.Mlp) == attention)
        {
            yield return new LayerWeight(range, BlendPlan.Clamp(here * attention));
            yield break;
        }

        foreach (var part in (string[])[LayerModule.Attention, LayerModule.Mlp])
        {
            var most = Factors.MostlyOf(part);
            foreach (var module in LayerModule.All.Where(module => module.Part == part && Factors[module] != most))
                yield return new LayerWeight($"{range}.{module.Path}", BlendPlan.Clamp(here * Factors[module]));
            yield return new LayerWeight($"{range}.{part}", BlendPlan.Clamp(here * most));
        }
    }

    /// <summary>Such as <c>rising:8</c>, <c>rising:8:1:0.5</c> with factors for attention and MLP, or with seven, one for each of <see cref="LayerModule.All"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LayerCurve? curve)
    {
        ArgumentNullException.ThrowIfNull(text);
        curve = null;
        var parts = text.Split(':');
        if (parts.Length < 2 || parts[0].Any(char.IsAsciiDigit) || !Enum.TryParse<CurveShape>(parts[0], ignoreCase: true, out var shape)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var layers) || layers is < 1 or > MostLayers
            || !ModuleFactors.TryParse(parts.AsSpan(2), out var factors))
            return false;
        curve = new LayerCurve(shape, layers, factors);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shape.ToString().ToLowerInvariant()}:{Layers}") + (Factors.ToString() is { Length: > 0 } factors ? $":{factors}" : "");
}
