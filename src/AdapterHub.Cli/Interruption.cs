using System.Runtime.InteropServices;
using AdapterHub.Cli.Output;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to stop in good order, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Terminal _terminal;

    public Interruption(Terminal terminal)
    {
        _terminal = terminal;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
            ProcessEnd.Now(ExitCode.Interrupted);
        _terminal.Error.WriteLine("Stopping in good order; once more ends at once.");
        _source.Cancel();
    }
}
