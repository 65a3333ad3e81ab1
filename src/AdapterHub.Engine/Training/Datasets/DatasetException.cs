using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>One thing wrong with the training data.</summary>
/// <param name="Path">The file, as it was named; null when the data as a whole is at fault.</param>
/// <param name="Line">Line counted from 1; null when the whole file is at fault.</param>
/// <param name="Problem">What is wrong, with the value found.</param>
public sealed record DatasetFinding(string? Path, long? Line, string Problem)
{
    public override string ToString() => (Path, Line) switch
    {
        (null, _) => Problem,
        (_, null) => $"{Path}: {Problem}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Path}, line {Line}: {Problem}"),
    };
}

/// <summary>Training data that cannot be used. Carries every finding up to <see cref="MostFindings"/>, and the count of all.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Findings kept; the rest are only counted.</summary>
    public const int MostFindings = 20;

    public DatasetException(IReadOnlyList<DatasetFinding> findings, long count)
        : base(Describe(findings, count))
    {
        Findings = findings;
        Count = count;
    }

    public DatasetException(string? path, long? line, string problem)
        : this([new DatasetFinding(path, line, problem)], 1)
    {
    }

    public DatasetException(string problem)
        : this(null, null, problem)
    {
    }

    /// <summary>At least one, in the order of files and lines.</summary>
    public IReadOnlyList<DatasetFinding> Findings { get; }

    /// <summary>All problems met, kept or not.</summary>
    public long Count { get; }

    /// <summary>File of the first finding.</summary>
    public string? Path => Findings[0].Path;

    /// <summary>Line of the first finding, from 1.</summary>
    public long? Line => Findings[0].Line;

    private static string Describe(IReadOnlyList<DatasetFinding> findings, long count)
    {
        if (count == 1)
            return findings[0].ToString();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{count} problems in the training data:");
        foreach (var finding in findings)
            text.Append("\n  ").Append(finding);
        if (count > findings.Count)
            text.Append(CultureInfo.InvariantCulture, $"\n  and {count - findings.Count} more");
        return text.ToString();
    }
}

/// <summary>Gathers findings so that a person sees all bad rows of all files at once.</summary>
internal sealed class FindingList
{
    private readonly List<DatasetFinding> _findings = [];

    public long Count { get; private set; }

    public void Add(string path, long? line, string problem) => Add(new DatasetFinding(path, line, problem));

    public void Add(DatasetException exception)
    {
        foreach (var finding in exception.Findings)
            Add(finding);
        Count += exception.Count - exception.Findings.Count;
    }

    public void ThrowIfAny()
    {
        if (Count > 0)
            throw new DatasetException(_findings, Count);
    }

    private void Add(DatasetFinding finding)
    {
        Count++;
        if (_findings.Count < DatasetException.MostFindings)
            _findings.Add(finding);
    }
}
