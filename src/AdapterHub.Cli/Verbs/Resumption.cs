using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Verbs;

/// <summary>The command line that goes on where this one stopped.</summary>
internal static class Resumption
{
    public static string? Command(IReadOnlyList<string> commandLine, RunInterrupted interrupted) => interrupted.Checkpoint is null
        ? null
        : $"adapterhub {ShellWords.Join(commandLine.Where(argument => argument is not ("--resume" or "--overwrite")).Append("--resume"))}";
}
