using System.Text;

namespace AdapterHub.Formats;

/// <summary>One thing that is wrong with a file.</summary>
/// <param name="Tensor">The tensor or the key it concerns; null for the file as a whole.</param>
/// <param name="Problem">What is wrong, in words.</param>
/// <param name="Expected">What would have been right, where that can be said.</param>
/// <param name="Found">What the file holds instead.</param>
public sealed record FormatFinding(string? Tensor, string Problem, string? Expected = null, string? Found = null)
{
    private const int LongestQuote = 200;

    /// <summary>One line of printable text, whatever bytes the file put into its names.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        if (Tensor is not null)
            line.Append(Quote(Tensor)).Append(": ");
        line.Append(Quote(Problem, LongestQuote * 4));
        if (Expected is not null || Found is not null)
        {
            line.Append(" (");
            if (Expected is not null)
                line.Append("expected ").Append(Quote(Expected));
            if (Found is not null)
                line.Append(Expected is null ? "found " : ", found ").Append(Quote(Found));
            line.Append(')');
        }

        return line.ToString();
    }

    /// <summary>Names come from strangers: control characters must not reach a terminal or forge a log line.</summary>
    internal static string Quote(string text, int longest = LongestQuote)
    {
        if (text.Length <= longest && !text.Any(char.IsControl))
            return text;
        var quoted = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, longest)))
            _ = char.IsControl(c) ? quoted.Append($"\\u{(int)c:x4}") : quoted.Append(c);
        return text.Length > longest ? quoted.Append("...").ToString() : quoted.ToString();
    }
}
