using System.Text.Json.Serialization;

namespace AdapterHub.Formats.Inspection;

/// <summary>Which modules of an adapter bind to a base model, which do not and why, and which of the base it leaves alone.</summary>
public sealed record AdapterCoverage
{
    /// <summary>Paths of the adapter's modules that fit, as the adapter spells them.</summary>
    public required IReadOnlyList<string> Bound { get; init; }

    /// <summary>Modules that do not fit.</summary>
    public required IReadOnlyList<CoverageMisfit> Unbound { get; init; }

    /// <summary>Whole tensors (modules_to_save, biases, token rows) that replace a tensor of the base of the same shape.</summary>
    public required IReadOnlyList<string> Replaced { get; init; }

    /// <summary>Whole tensors for which the base has none: a new classification head, for example. They do no harm, and no good without their module.</summary>
    public required IReadOnlyList<string> Added { get; init; }

    /// <summary>Whole tensors whose shape is not the base's; an embedding resized for new tokens among them.</summary>
    public required IReadOnlyList<CoverageMisfit> Reshaped { get; init; }

    /// <summary>Linear layers and convolutions of the base that the adapter does not change, in ascending order.</summary>
    public required IReadOnlyList<string> Untouched { get; init; }

    /// <summary>Linear layers and convolutions of the base.</summary>
    public required int Adaptable { get; init; }

    /// <summary>
    /// Says that paths were matched after taking this first part off the adapter's (<c>-transformer</c>) or putting it before them
    /// (<c>+model</c>): checkpoints name their tensors with or without the model's own prefix. Null where paths were equal.
    /// </summary>
    public string? PrefixShift { get; init; }

    /// <summary>The share, 0 to 1, of the base's linear layers and convolutions that the adapter changes.</summary>
    [JsonIgnore]
    public double Share => Adaptable == 0 ? 0 : 1 - ((double)Untouched.Count / Adaptable);

    [JsonIgnore]
    public CoverageVerdict Verdict => (Bound.Count + Replaced.Count, Unbound.Count + Reshaped.Count) switch
    {
        (0, _) => CoverageVerdict.None,
        (_, 0) => CoverageVerdict.All,
        _ => CoverageVerdict.Some,
    };

    /// <summary>Everything that does not fit.</summary>
    [JsonIgnore]
    public IEnumerable<CoverageMisfit> Misfits => Unbound.Concat(Reshaped);

    public static AdapterCoverage Of(LoraAdapter adapter, BaseTensorMap map) => Of(AdapterOutline.Of(adapter), map);

    public static AdapterCoverage Of(AdapterOutline adapter, BaseTensorMap map)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(map);
        return new CoverageCheck(adapter, map).Run();
    }
}
