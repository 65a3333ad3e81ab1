namespace AdapterHub.Formats;

/// <summary>
/// Collects what is wrong with a file until the end of a check. Keeps the first hundred: a hostile file can be wrong in a hundred
/// thousand places, and the report must not grow with it.
/// </summary>
internal sealed class FormatFindings
{
    private const int Kept = 100;
    private readonly List<FormatFinding> _kept = [];
    private int _dropped;

    public bool Any => _kept.Count > 0;

    public void Add(string? tensor, string problem, string? expected = null, string? found = null) =>
        Add(new FormatFinding(tensor, problem, expected, found));

    /// <summary>Takes over another file's findings, saying which file they are about.</summary>
    public void AddAll(AdapterFormatException exception) => AddAll(exception, Path.GetFileName(exception.Path));

    public void AddAll(AdapterFormatException exception, string file)
    {
        foreach (var finding in exception.Findings)
            Add(finding with { Problem = $"{file}: {finding.Problem}" });
    }

    public AdapterFormatException ToException(string path) =>
        new(path, _dropped == 0 ? _kept : [.. _kept, new FormatFinding(null, $"{_dropped} more problems are not listed")]);

    public void ThrowIfAny(string path)
    {
        if (Any)
            throw ToException(path);
    }

    private void Add(FormatFinding finding)
    {
        if (_kept.Count < Kept)
            _kept.Add(finding);
        else
            _dropped++;
    }
}
