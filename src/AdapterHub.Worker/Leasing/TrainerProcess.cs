using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AdapterHub.Worker.Leasing;

/// <summary>How the program starts itself as a trainer; the path of a spec follows.</summary>
public sealed record TrainerCommand(string FileName, IReadOnlyList<string> Arguments);

/// <summary>What carries out one spec and writes events as lines.</summary>
internal interface ITrainer : IDisposable
{
    /// <summary>The last lines of standard error, where a process that was ended may have said why.</summary>
    string Errors { get; }

    /// <summary>Lines until it ends; a trainer that is silent for too long is ended.</summary>
    IAsyncEnumerable<string> ReadAsync(TimeSpan longestSilence, CancellationToken cancel);

    /// <summary>Asks for a checkpoint and an end; does nothing where it has ended.</summary>
    void Stop();
}

/// <summary>
/// A trainer: a process that carries out one spec, or several together, and writes events as lines. Running out of memory ends it and nobody else. It ends by itself when
/// this process does, because its standard input ends then.
/// </summary>
internal sealed class TrainerProcess : ITrainer
{
    /// <summary>A line on standard input that asks for a checkpoint and an end; with a number behind it, of that spec alone.</summary>
    public const string StopWord = "stop";
    private const int LinesKept = 20;
    private readonly Process _process;
    private readonly Queue<string> _errors = new();

    private TrainerProcess(Process process) => _process = process;

    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    public static TrainerProcess Start(TrainerCommand command, params IReadOnlyList<string> specPaths)
    {
        var start = new ProcessStartInfo(command.FileName, [.. command.Arguments, .. specPaths])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(specPaths[0])!,
        };
        var trainer = new TrainerProcess(new Process { StartInfo = start });
        trainer._process.ErrorDataReceived += (_, line) => trainer.Keep(line.Data);
        trainer._process.Start();
        trainer._process.BeginErrorReadLine();
        return trainer;
    }

    public async IAsyncEnumerable<string> ReadAsync(TimeSpan longestSilence, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            string? line;
            using (var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel))
            {
                silence.CancelAfter(longestSilence);
                try
                {
                    line = await _process.StandardOutput.ReadLineAsync(silence.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    Keep($"the trainer was silent for {longestSilence.TotalMinutes:0} minutes and was ended");
                    line = null;
                }
            }

            if (line is null)
                break;
            yield return line;
        }

        Kill(TimeSpan.FromSeconds(5));
        await _process.WaitForExitAsync(cancel).ConfigureAwait(false);
        Keep(string.Create(CultureInfo.InvariantCulture, $"(exit code {_process.ExitCode})"));
    }

    public void Stop() => Say(StopWord);

    /// <summary>Asks one spec of several for a checkpoint and an end.</summary>
    public void Stop(int place) => Say(string.Create(CultureInfo.InvariantCulture, $"{StopWord} {place}"));

    private void Say(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    public void Dispose()
    {
        Kill(TimeSpan.Zero);
        _process.Dispose();
    }

    /// <summary>After its output has ended this is of no consequence: it has nothing to say any more.</summary>
    private void Kill(TimeSpan patience)
    {
        try
        {
            if (!_process.WaitForExit(patience))
                _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > LinesKept)
                _errors.Dequeue();
        }
    }
}
