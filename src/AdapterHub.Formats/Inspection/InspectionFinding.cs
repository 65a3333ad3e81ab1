namespace AdapterHub.Formats.Inspection;

/// <summary>What a finding does to an upload.</summary>
public enum FindingSeverity
{
    /// <summary>For information.</summary>
    Note,

    /// <summary>Published, but a person should look at it.</summary>
    Warning,

    /// <summary>Nothing is published while it stands.</summary>
    Refused,
}

/// <summary>One thing that a look at an upload found, in words for the person who uploads.</summary>
/// <param name="Severity">What it does to the upload.</param>
/// <param name="File">Path of the file in the repository; null for the upload as a whole.</param>
/// <param name="Subject">The tensor, the key or the line it is about.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Expected">What would have been right, where that can be said.</param>
/// <param name="Found">What is there instead.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record InspectionFinding(
    FindingSeverity Severity, string? File, string? Subject, string Problem, string? Expected, string? Found, string Advice)
{
    /// <summary>One printable line, whatever characters a file put into its names.</summary>
    public override string ToString()
    {
        var line = new FormatFinding(Subject, Problem, Expected, Found).ToString();
        return File is null ? $"{line}. {Advice}" : $"{FormatFinding.Quote(File)}: {line}. {Advice}";
    }
}
