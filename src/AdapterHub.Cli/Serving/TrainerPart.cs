using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Serving;

/// <summary>
/// The process in which a worker's run happens: a spec from a file, events as lines on standard output. Given several specs it trains them together, and each
/// line begins with the place of its spec. The executor is the one of <c>adapterhub train</c>.
/// </summary>
internal static class TrainerPart
{
    public static int Run(IReadOnlyList<string> specPaths)
    {
        var stops = specPaths.Select(_ => new CancellationTokenSource()).ToList();
        // Ctrl-C reaches the whole group of processes; what ends is decided by the worker.
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        ParentWatch.Start(line => Stop(stops, line));
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        try
        {
            var executor = new RunExecutor(BaseModels.OnThisMachine, TimeProvider.System);
            var specs = specPaths.Select(Read).ToList();
            if (specs is [var spec])
                executor.Execute(spec, happened => output.WriteLine(Line(happened)), stops[0].Token);
            else
                executor.ExecuteTogether([.. specs.Cast<TrainSpec>().Select((one, place) => (one, (Action<RunEvent>)(happened => output.WriteLine(Line(place, happened))), stops[place].Token))]);
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

    private static RunSpec Read(string path) => JsonSerializer.Deserialize(File.ReadAllText(path), ProtocolJson.Default.RunSpec) ?? throw new JsonException($"{path} is null");

    private static string Line(RunEvent happened) => JsonSerializer.Serialize(happened, ProtocolJson.Default.RunEvent);

    private static string Line(int place, RunEvent happened) => string.Create(CultureInfo.InvariantCulture, $"{place} {Line(happened)}");

    /// <summary>"stop" ends all, "stop 2" that one.</summary>
    private static void Stop(List<CancellationTokenSource> stops, string line)
    {
        if (line.Split(' ') is [_, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < stops.Count)
            stops[place].Cancel();
        else
            stops.ForEach(stop => stop.Cancel());
    }
}
