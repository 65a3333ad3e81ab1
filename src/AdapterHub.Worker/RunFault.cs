using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;

namespace AdapterHub.Worker;

/// <summary>What an exception means to the person who asked for the run.</summary>
/// <param name="Message">Readable without the code.</param>
/// <param name="IsInput">True where a setting, a file or the disk is at fault, false for a fault of the program.</param>
public sealed record RunFault(string Message, bool IsInput)
{
    /// <summary>As <see cref="RunFailed.Cause"/>.</summary>
    public string? Cause { get; init; }

    public static RunFault Of(Exception exception) => InWords(exception) with { Cause = CauseOf(exception) };

    private static string? CauseOf(Exception exception) => exception switch
    {
        TorchOutOfMemoryException or TrainingException { Failure: TrainingFailure.Memory } => "memory",
        TrainingException { Failure: TrainingFailure.Diverged } => "diverged",
        TrainingException { Failure: TrainingFailure.Checkpoint or TrainingFailure.Output } => "disk",
        IOException io when IsDiskFull(io) => "disk",
        DatasetException => "data",
        _ => null,
    };

    private static RunFault InWords(Exception exception) => exception switch
    {
        RunInputException or AdapterFormatException or DatasetException or TokenizerFormatException or TrainingException => new RunFault(exception.Message, IsInput: true),
        HubClientException hub => new RunFault(string.Join("\n  - ", hub.Findings.Prepend(hub.Message)), hub.IsInput),
        TorchOutOfMemoryException => new RunFault(
            $"{exception.Message}\nThe memory did not suffice. A smaller --batch or --seq, or --checkpoint-activations, needs less.", IsInput: true),
        FileNotFoundException { FileName: { } name } => new RunFault($"{name}: there is no such file.", IsInput: true),
        DirectoryNotFoundException or UnauthorizedAccessException or PathTooLongException => new RunFault(exception.Message, IsInput: true),
        IOException io when IsDiskFull(io) => new RunFault($"The disk is full: {io.Message} Make room, or choose another folder with --out.", IsInput: true),
        IOException => new RunFault(exception.Message, IsInput: true),
        TorchUnsupportedException => new RunFault(exception.Message, IsInput: true),
        TorchException => new RunFault(exception.Message, IsInput: false),
        _ => new RunFault($"{exception.GetType().Name}: {exception.Message}", IsInput: false),
    };

    public RunFailed ToEvent() => new(Message, IsInput, Cause);

    /// <summary>ENOSPC, EDQUOT and EFBIG, as .NET hands them over.</summary>
    private static bool IsDiskFull(IOException exception) => (exception.HResult & 0xffff) is 28 or 122 or 27 or 0x70;
}
