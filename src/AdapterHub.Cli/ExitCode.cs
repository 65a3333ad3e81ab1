namespace AdapterHub.Cli;

/// <summary>What the program's exit code means to a script.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A fault of the program or the machine; `--verbose` shows where.</summary>
    public const int InternalError = 1;

    /// <summary>A flag, a file or a setting is at fault; nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Interrupted = 3;
}
