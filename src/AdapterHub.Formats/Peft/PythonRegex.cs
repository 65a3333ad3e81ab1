using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AdapterHub.Formats.Peft;

/// <summary>
/// Compiles the regular expressions that adapter configs carry. They come from strangers, so they run on the non-backtracking engine, whose
/// time grows with the input and never exponentially (OWASP ASVS 1.3.12); what that engine lacks (look-around, back-references) is refused.
/// </summary>
internal static class PythonRegex
{
    private const int LongestPattern = 1 << 16;
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <param name="pattern">In Python's syntax; the part taken from the config.</param>
    /// <param name="before">What PEFT puts in front of it.</param>
    /// <param name="after">What PEFT puts behind it.</param>
    /// <param name="regex">Matches as Python's <c>re</c> does.</param>
    /// <param name="problem">Why it cannot run.</param>
    public static bool TryCompile(
        string pattern, string before, string after, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        (regex, problem) = (null, null);
        if (pattern.Length > LongestPattern)
        {
            problem = $"the regular expression has {pattern.Length} characters; at most {LongestPattern} are run";
            return false;
        }

        try
        {
            regex = new Regex(before + Translate(pattern) + after, Options);
            return true;
        }
        catch (RegexParseException exception)
        {
            problem = $"not a regular expression: {exception.Message}";
        }
        catch (NotSupportedException exception)
        {
            problem = $"the regular expression needs backtracking (look-around, back-references) or is too large: {exception.Message}";
        }

        return false;
    }

    /// <summary>The spellings that differ: Python's (?P&lt;name&gt;...) and its \Z, which is .NET's \z.</summary>
    private static string Translate(string pattern)
    {
        if (!pattern.Contains("(?P", StringComparison.Ordinal) && !pattern.Contains(@"\Z", StringComparison.Ordinal))
            return pattern;
        var translated = new System.Text.StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                translated.Append('\\').Append(pattern[++i] == 'Z' ? 'z' : pattern[i]);
            else if (pattern.AsSpan(i).StartsWith("(?P<"))
                (i, translated) = (i + 2, translated.Append("(?"));
            else
                translated.Append(pattern[i]);
        }

        return translated.ToString();
    }
}
