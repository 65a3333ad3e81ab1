using System.Diagnostics;
using AdapterHub.Cli.Verbs;

namespace AdapterHub.Cli.Serving;

/// <summary>
/// The hub's own worker: a process beside it, since no native code runs in the hub's. It is started again when it ends, and ends with the hub
/// however the hub ends.
/// </summary>
internal sealed class WorkerSupervisor(string hub, string token, string folder, Action<string> tell) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>A worker that lived so long had no trouble starting.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    public void Start() => _watching = WatchAsync(_stop.Token);

    /// <summary>The worker leaves a checkpoint and gives its run back; the hub must still answer meanwhile.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private async Task WatchAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var process = Process.Start(Start(SelfStart.Command("worker", "--hub", hub, "--folder", folder, "--supervised")))!;
            try
            {
                await process.WaitForExitAsync(stop).ConfigureAwait(false);
                pause = TimeProvider.System.GetElapsedTime(started) > Steady ? FirstPause : pause;
                tell($"The hub's worker ended (exit code {process.ExitCode}) and is started again in {pause.TotalSeconds:0} s; `adapterhub doctor` says whether this machine can train.");
                await Task.Delay(pause, stop).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                await EndAsync(process).ConfigureAwait(false);
            }
        }
    }

    private ProcessStartInfo Start(Worker.Leasing.TrainerCommand command)
    {
        var start = new ProcessStartInfo(command.FileName, command.Arguments) { RedirectStandardInput = true, UseShellExecute = false };
        // Not among the arguments, which every user of the machine can read.
        start.Environment[WorkerVerb.TokenVariable] = token;
        return start;
    }

    private static async Task EndAsync(Process process)
    {
        if (process.HasExited)
            return;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.StandardInput.WriteLineAsync("stop").ConfigureAwait(false);
            await process.StandardInput.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception late) when (late is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
