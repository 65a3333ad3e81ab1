using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>The command line that goes on where this one stopped.</summary>
internal static class Resumption
{
    public static string? Command(IReadOnlyList<string> commandLine, RunInterrupted interrupted) => interrupted.Checkpoint is null
        ? null
        : ShellWords.Join([Program(), .. commandLine.Where(argument => argument is not ("--resume" or "--overwrite")), "--resume"]);

    /// <summary>As a person starts it from here: through the launcher where that started this process.</summary>
    private static string Program()
    {
        if (Environment.GetEnvironmentVariable("ADAPTERHUB_ROOT") is not { Length: > 0 } root || !File.Exists(Path.Combine(root, "adapterhub")))
            return "adapterhub";
        return string.Equals(Path.GetFullPath(root), Environment.CurrentDirectory, StringComparison.Ordinal) ? "./adapterhub" : Path.Combine(root, "adapterhub");
    }
}
