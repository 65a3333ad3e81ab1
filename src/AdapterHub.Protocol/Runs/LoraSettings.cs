namespace AdapterHub.Protocol.Runs;

/// <summary>The shape of an adapter (LoRA, arXiv 2106.09685) in PEFT's terms.</summary>
public sealed record LoraSettings
{
    /// <summary>r.</summary>
    public int Rank { get; set; } = 16;

    /// <summary>alpha; the change is scaled by alpha / r.</summary>
    public double Alpha { get; set; } = 32;

    /// <summary>Share of the adapter's inputs zeroed in training, 0 to 1.</summary>
    public double Dropout { get; init; }

    /// <summary>"all-linear", module names (each matches whole path ends), or one regular expression over whole paths.</summary>
    public IReadOnlyList<string> Targets { get; set; } = ["all-linear"];

    /// <summary>Module names, or one regular expression, that are left out.</summary>
    public IReadOnlyList<string> Exclude { get; set; } = [];

    /// <summary>Indexes of the layers to adapt; empty adapts all.</summary>
    public IReadOnlyList<int> Layers { get; set; } = [];

    /// <summary>Scale by alpha / sqrt(r) (arXiv 2312.03732).</summary>
    public bool RankStabilised { get; init; }

    /// <summary>B has a bias.</summary>
    public bool Bias { get; init; }

    /// <summary>True for a regular expression: it has a sign that no module name has. Letters, digits, "_", "-" and "." make names.</summary>
    public static bool IsPattern(string entry) => entry.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'));
}
