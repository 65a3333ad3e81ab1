namespace AdapterHub.Cli.Diagnosis;

internal enum Verdict
{
    Fine,

    /// <summary>Works, but a person may want to know.</summary>
    Note,

    /// <summary>Does not work, or is many times slower than it need be.</summary>
    Problem,
}

/// <summary>One line of the doctor's report.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="State">What it is like.</param>
/// <param name="Verdict">Whether that is well.</param>
/// <param name="Advice">What to do about it; null where nothing.</param>
internal sealed record Finding(string Subject, string State, Verdict Verdict = Verdict.Fine, string? Advice = null);
