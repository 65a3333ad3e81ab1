using AdapterHub.Worker.Leasing;

namespace AdapterHub.Cli.Serving;

/// <summary>How this program is started again for another of its parts.</summary>
internal static class SelfStart
{
    public const string TrainerWord = "trainer";

    public static TrainerCommand Trainer { get; } = Command(TrainerWord);

    /// <summary>The program's own executable, or the runtime with the program where it was started so.</summary>
    public static TrainerCommand Command(params string[] arguments)
    {
        var process = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return new TrainerCommand(process, isHost ? [typeof(SelfStart).Assembly.Location, .. arguments] : arguments);
    }
}
