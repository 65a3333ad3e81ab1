namespace AdapterHub.Formats.Inspection;

/// <summary>Whether an adapter belongs to a base model.</summary>
public enum CoverageVerdict
{
    /// <summary>Nothing of it fits: it was made for another base.</summary>
    None,

    /// <summary>Part of it fits.</summary>
    Some,

    /// <summary>All of it fits.</summary>
    All,
}

/// <summary>Why a part of an adapter does not fit.</summary>
public enum MisfitReason
{
    /// <summary>The base has no module of that path.</summary>
    NoSuchModule,

    /// <summary>The base has an embedding, a convolution or a linear layer there, and the adapter something else.</summary>
    OtherKind,

    /// <summary>The base's module has other sizes.</summary>
    OtherShape,
}

/// <summary>A part of an adapter that does not fit the base.</summary>
/// <param name="Path">Of the module, or of the whole tensor.</param>
/// <param name="Reason">Why.</param>
/// <param name="Problem">The same in words.</param>
/// <param name="Expected">What the base has.</param>
/// <param name="Found">What the adapter brings.</param>
public sealed record CoverageMisfit(string Path, MisfitReason Reason, string Problem, string? Expected = null, string? Found = null)
{
    /// <summary>One printable line.</summary>
    public override string ToString() => new FormatFinding(Path, Problem, Expected, Found).ToString();
}
