using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AdapterHub.Benchmarks;

/// <summary>A peer's script run as a process; its lines "NAME N tok/s" are read.</summary>
internal static class PythonPeer
{
    internal static IReadOnlyDictionary<string, double> Run(string python, string script)
    {
        using var process = Process.Start(new ProcessStartInfo(python, script) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{python} {script} ended with {process.ExitCode}");
        return Regex.Matches(output, @"^(?<name>\w+) (?<rate>[\d.]+) tok/s", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["name"].Value, match => double.Parse(match.Groups["rate"].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }
}
