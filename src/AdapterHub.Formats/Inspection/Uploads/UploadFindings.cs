namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>
/// Collects findings. Of each file the first forty of a severity are kept and the rest counted: a hostile upload can be wrong in a million
/// places, and no person reads more.
/// </summary>
internal sealed class UploadFindings
{
    private const int KeptPerFile = 40;
    private const int Kept = 2000;
    private readonly List<InspectionFinding> _kept = [];
    private readonly Dictionary<(string? File, FindingSeverity Severity), int> _counts = [];

    public void Refuse(string? file, string problem, string advice, string? subject = null, string? expected = null, string? found = null) =>
        Add(new InspectionFinding(FindingSeverity.Refused, file, subject, problem, expected, found, advice));

    public void Warn(string? file, string problem, string advice, string? subject = null, string? expected = null, string? found = null) =>
        Add(new InspectionFinding(FindingSeverity.Warning, file, subject, problem, expected, found, advice));

    public void Note(string? file, string problem, string advice, string? subject = null, string? expected = null, string? found = null) =>
        Add(new InspectionFinding(FindingSeverity.Note, file, subject, problem, expected, found, advice));

    /// <summary>Takes over a reader's findings as refusals of a file.</summary>
    public void Refuse(string? file, AdapterFormatException exception, string advice)
    {
        foreach (var finding in exception.Findings)
            Refuse(file, finding.Problem, advice, finding.Tensor, finding.Expected, finding.Found);
    }

    public void Add(InspectionFinding finding)
    {
        var key = (finding.File, finding.Severity);
        var count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
        if (count <= KeptPerFile && _kept.Count < Kept)
            _kept.Add(finding);
    }

    public bool IsRefused(string file) => _counts.ContainsKey((file, FindingSeverity.Refused));

    public IReadOnlyList<InspectionFinding> ToList(IReadOnlyList<UploadFile> files)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in files)
            order.TryAdd(file.Path, order.Count);
        var dropped = _counts.Sum(count => (long)count.Value) - _kept.Count;
        var sorted = _kept.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.File is null ? -1 : order.GetValueOrDefault(finding.File, int.MaxValue));
        return dropped == 0
            ? [.. sorted]
            : [.. sorted, new InspectionFinding(FindingSeverity.Note, null, null, $"{dropped} more findings are not listed", null, null, "Mend what is listed first.")];
    }
}
