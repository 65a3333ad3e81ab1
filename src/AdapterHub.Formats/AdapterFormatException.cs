namespace AdapterHub.Formats;

/// <summary>A file is not what its format says it must be. Carries every finding, so that one look at it is enough to mend the file.</summary>
public sealed class AdapterFormatException : Exception
{
    /// <param name="path">The file or folder that was read.</param>
    /// <param name="findings">At least one.</param>
    public AdapterFormatException(string path, IReadOnlyList<FormatFinding> findings)
        : base(Describe(path, findings))
    {
        Path = path;
        Findings = [.. findings];
    }

    public string Path { get; }

    public IReadOnlyList<FormatFinding> Findings { get; }

    private static string Describe(string path, IReadOnlyList<FormatFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentOutOfRangeException.ThrowIfZero(findings.Count, nameof(findings));
        return findings.Count == 1
            ? $"{path}: {findings[0]}"
            : $"{path}: {findings.Count} problems:{string.Concat(findings.Select(finding => $"\n  {finding}"))}";
    }
}
