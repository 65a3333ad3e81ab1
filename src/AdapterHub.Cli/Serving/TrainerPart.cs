using System.Runtime.InteropServices;
using System.Text.Json;
using AdapterHub.Protocol;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Serving;

/// <summary>
/// The process in which a worker's run happens: a spec from a file, events as lines on standard output. The executor is the one of
/// <c>adapterhub train</c>.
/// </summary>
internal static class TrainerPart
{
    public static int Run(string specPath)
    {
        using var stop = new CancellationTokenSource();
        // Ctrl-C reaches the whole group of processes; what ends is decided by the worker.
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        ParentWatch.Start(stop.Cancel);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        try
        {
            var spec = JsonSerializer.Deserialize(File.ReadAllText(specPath), ProtocolJson.Default.RunSpec) ?? throw new JsonException("it is null");
            new RunExecutor(BaseModels.OnThisMachine, TimeProvider.System).Execute(
                spec, happened => output.WriteLine(JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent)), stop.Token);
            return ExitCode.Ok;
        }
#pragma warning disable CA1031 // the border of the process: the executor has told the fault as an event
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(fault);
            return ExitCode.InternalError;
        }
    }
}
