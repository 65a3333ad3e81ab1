using System.Globalization;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Blending;

/// <summary>One adapter of a plan.</summary>
/// <param name="Reference"><c>owner/name</c> or <c>owner/name@revision</c>.</param>
public sealed record BlendShare(string Reference, double Weight = 1)
{
    private const int MostLayers = 400;

    /// <summary>Layers with a weight of their own, whatever the share's weight is; the first that matches decides a layer.</summary>
    public IReadOnlyList<LayerWeight> Layers { get; init; } = [];

    /// <summary>How the weight goes through the layers; null is the same in all.</summary>
    public LayerCurve? Curve { get; init; }

    public RepositoryName Name => RepositoryName.Parse(Reference.Split('@', 2)[0]);

    /// <summary>All weights of layers as a recipe has them: those of their own first, then the curve's.</summary>
    public IReadOnlyList<LayerWeight> Rules => Curve is { } curve ? [.. Layers, .. curve.ToRules(Weight)] : Layers;

    /// <summary>Puts what an address says of layers (<c>1:layers.0-3=0.2</c>) and of curves (<c>1:rising:8</c>) into the shares, which are counted from 1.</summary>
    internal static void ReadLayers(List<BlendShare> shares, IEnumerable<string> layers, IEnumerable<string> curves)
    {
        foreach (var (place, layer) in layers.Take(MostLayers).Select(ParseLayer).OfType<(int, LayerWeight)>())
        {
            if (place <= shares.Count)
                shares[place - 1] = shares[place - 1] with { Layers = [.. shares[place - 1].Layers, layer] };
        }

        foreach (var text in curves.Take(shares.Count))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= shares.Count
                && LayerCurve.TryParse(text[(colon + 1)..], out var curve))
                shares[place - 1] = shares[place - 1] with { Curve = curve };
        }
    }

    /// <summary>The parts of an address that <see cref="ReadLayers"/> reads.</summary>
    internal static IEnumerable<(string Name, string? Value)> WriteLayers(IReadOnlyList<BlendShare> shares, string layerName, string curveName) =>
        shares.SelectMany((share, place) => share.Layers.Select(layer => (layerName, (string?)$"{place + 1}:{layer.Pattern}={BlendPlan.Text(layer.Weight)}"))
            .Concat(share.Curve is { } curve ? [(curveName, $"{place + 1}:{curve}")] : []));

    private static (int Place, LayerWeight Layer)? ParseLayer(string text)
    {
        var (colon, equals) = (text.IndexOf(':', StringComparison.Ordinal), text.LastIndexOf('='));
        return colon > 0 && equals > colon + 1 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1
            && BlendPlan.TryNumber(text[(equals + 1)..], out var weight) ? (place, new LayerWeight(text[(colon + 1)..equals], BlendPlan.Clamp(weight))) : null;
    }
}
