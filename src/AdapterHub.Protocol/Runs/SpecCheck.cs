using System.Globalization;
using System.Numerics;

namespace AdapterHub.Protocol.Runs;

/// <summary>Gathers what is wrong with the settings of a spec.</summary>
internal sealed class SpecCheck
{
    private readonly List<SpecFinding> _findings = [];

    public IReadOnlyList<SpecFinding> Findings => _findings;

    public static bool IsOneOf(string value, ReadOnlySpan<string> choices)
    {
        foreach (var choice in choices)
            if (string.Equals(value, choice, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    public void Add(string setting, string problem) => _findings.Add(new SpecFinding(setting, problem));

    public void NotEmpty(string setting, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
            Add(setting, "must not be empty");
    }

    public void OneOf(string setting, string value, string[] choices)
    {
        if (!IsOneOf(value, choices))
            Add(setting, $"must be {string.Join(", ", choices[..^1])} or {choices[^1]}; it is \"{value}\"");
    }

    public void AtLeast<T>(string setting, T? value, T least) where T : struct, INumber<T>
    {
        if (value is { } number && !(number >= least))
            Add(setting, string.Create(CultureInfo.InvariantCulture, $"must be at least {least}; it is {number}"));
    }

    public void Between(string setting, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            Add(setting, string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}; it is {value}"));
    }

    public void Positive(string setting, double? value)
    {
        if (value is { } number && !(number > 0 && double.IsFinite(number)))
            Add(setting, string.Create(CultureInfo.InvariantCulture, $"must be above 0; it is {number}"));
    }

    public void NotNegative(string setting, double? value)
    {
        if (value is { } number && !(number >= 0 && double.IsFinite(number)))
            Add(setting, string.Create(CultureInfo.InvariantCulture, $"must not be below 0; it is {number}"));
    }
}
