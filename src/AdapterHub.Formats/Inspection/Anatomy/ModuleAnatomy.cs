using System.Collections.Immutable;

namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>The change dW = s B A of one module, measured.</summary>
public sealed record ModuleAnatomy
{
    /// <summary>The module's path in the base model.</summary>
    public required string Path { get; init; }

    public required int Rank { get; init; }

    /// <summary>||dW||_F.</summary>
    public required double Norm { get; init; }

    /// <summary>Singular values of dW, largest first; empty for a change of zero and for ranks that are not decomposed.</summary>
    public required ImmutableArray<double> SingularValues { get; init; }

    /// <summary>
    /// How many directions the change really uses, 1 to r: exp of the entropy of the shares sigma_k^2 / sum sigma^2 (0 for a change of zero,
    /// null where there are no singular values). It is the effective rank of Roy and Vetterli (EUSIPCO 2007), who take shares of the singular
    /// values themselves, applied to dW^T dW; so it weighs directions by their part in the squared norm.
    /// </summary>
    public double? EffectiveRank { get; init; }

    /// <summary>DoRA: the norms are of the direction's change alone.</summary>
    public bool IsDora { get; init; }

    /// <summary>B has a bias, which is not part of the norms.</summary>
    public bool HasBias { get; init; }

    /// <summary>The largest singular value; null where there is none.</summary>
    public double? SpectralNorm => SingularValues.IsDefaultOrEmpty ? null : SingularValues[0];

    /// <exception cref="AdapterFormatException">The factors hold NaN, infinite or overflowing values, or have a rank above <see cref="LowRankChange.HighestRank"/>.</exception>
    public static ModuleAnatomy Of(LoraModule module, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (module.Rank is < 1 or > LowRankChange.HighestRank)
            throw new AdapterFormatException(module.Path, [new FormatFinding(module.Path, "its rank is too high to be measured", $"1 to {LowRankChange.HighestRank}", $"{module.Rank}")]);
        var (squared, values) = LowRankChange.Spectrum(module, cancellation);
        if (!double.IsFinite(squared))
            throw new AdapterFormatException(module.Path, [new FormatFinding(module.Path, "its factors hold NaN, infinite or overflowing values, so that the change has no size")]);
        return new ModuleAnatomy
        {
            Path = module.Path,
            Rank = module.Rank,
            Norm = Math.Sqrt(squared),
            SingularValues = [.. values ?? []],
            EffectiveRank = values is null ? null : EffectiveRankOf(values),
            IsDora = module.Magnitude is not null,
            HasBias = module.BiasB is not null,
        };
    }

    /// <summary>exp(-sum p ln p) of p_k = sigma_k^2 / sum sigma^2; 0 when all are zero.</summary>
    public static double EffectiveRankOf(IReadOnlyCollection<double> singularValues)
    {
        ArgumentNullException.ThrowIfNull(singularValues);
        var largest = singularValues.DefaultIfEmpty().Max();
        if (!(largest > 0))
            return 0;
        // Relative to the largest, so that nothing over- or underflows.
        var energies = singularValues.Select(value => value / largest * (value / largest)).Where(energy => energy > 0).ToList();
        var total = energies.Sum();
        return Math.Exp(-energies.Sum(energy => energy / total * Math.Log(energy / total)));
    }
}
