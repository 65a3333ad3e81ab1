using System.Text.Json;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// One leased run from its files to its end: a trainer process, its events and checkpoints to the hub, and the result. A trainer that dies goes on
/// from its last checkpoint, one that runs out of memory with half the micro-batch.
/// </summary>
internal sealed class LeasedWork : IDisposable
{
    /// <summary>Trainers that died one after the other without a step forward.</summary>
    private const int MostCrashes = 3;
    private readonly WorkerClient _client;
    private readonly LeasedRun _lease;
    private readonly RunFolder _folder;
    private readonly TrainerCommand _command;
    private readonly EventSender _events;
    private readonly CheckpointSender _checkpoints;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private TrainerProcess? _trainer;
    private bool _mustStop;
    private volatile bool _isFinishing;
    private HubRunState _state = HubRunState.Running;
    private int _furthest;

    public LeasedWork(WorkerClient client, LeasedRun lease, RunFolder folder, TrainerCommand command, TimeProvider time)
    {
        (_client, _lease, _folder, _command) = (client, lease, folder, command);
        _events = new EventSender(client, lease, time, Wish);
        _checkpoints = new CheckpointSender(client, lease, folder, _events);
    }

    /// <summary>It is done beside another run and leaves the GPU to that one.</summary>
    public bool IsAside { get; init; }

    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromHours(1);

    public void Dispose()
    {
        _trainer?.Dispose();
        _events.Dispose();
        _over.Dispose();
    }

    /// <summary>A line for the hub's log of the run, from outside of its flow; lost where the run is over.</summary>
    public void Warn(string message) => _ = _events.TellAsync(new RunWarned(message), CancellationToken.None);

    /// <param name="cache">Where inputs are kept.</param>
    /// <param name="stop">The worker ends: the trainer leaves a checkpoint and the run goes back to the queue.</param>
    /// <exception cref="LeaseLostException">The run is another worker's.</exception>
    public async Task RunAsync(InputCache cache, CancellationToken stop)
    {
        using var registration = stop.Register(() => Wish(HubRunState.Pausing));
        var renewing = RenewAsync(_over.Token);
        var sending = _events.SendAsync(_over.Token);
        var saving = _checkpoints.SendAsync(_over.Token);
        var working = WorkAsync(cache, _over.Token);
        try
        {
            // Whichever fails first says why: the lease is lost, or the hub refuses what is sent.
            while (!working.IsCompleted)
            {
                var ended = await Task.WhenAny(working, FailureOf(renewing), FailureOf(sending), FailureOf(saving)).ConfigureAwait(false);
                await ended.ConfigureAwait(false);
            }

            await working.ConfigureAwait(false);
        }
        finally
        {
            await _over.CancelAsync().ConfigureAwait(false);
            _trainer?.Dispose();
        }

        async Task FailureOf(Task task)
        {
            await task.ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, _over.Token).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(InputCache cache, CancellationToken cancel)
    {
        var last = await TrainAsync(cache, cancel).ConfigureAwait(false);
        var closing = await _events.CloseAsync(last, cancel).ConfigureAwait(false);
        if (_state != HubRunState.Cancelling)
            await _checkpoints.CloseAsync(cancel).ConfigureAwait(false);
        var files = new List<LeasedFile>();
        if (last is TrainingFinished or BlendFinished { Output.Length: > 0 })
        {
            foreach (var path in _folder.ResultFiles())
            {
                var file = await RunFolder.DescribeAsync(_folder.Output, path, cancel).ConfigureAwait(false);
                await _client.SendFileAsync(_lease, file, path, isResult: true, cancel).ConfigureAwait(false);
                files.Add(file);
            }
        }

        var outcome = last switch { RunFailed => LeaseOutcome.Failed, RunInterrupted => LeaseOutcome.Stopped, _ => LeaseOutcome.Succeeded };
        _isFinishing = true;
        await _client.FinishAsync(_lease, new LeaseEnd(outcome, [closing], files, (last as RunFailed)?.Message), cancel).ConfigureAwait(false);
    }

    private async Task<RunEvent> TrainAsync(InputCache cache, CancellationToken cancel)
    {
        try
        {
            await _events.TellAsync(new PhaseEntered(_lease.Adapters is null ? "fetching base model and text" : "fetching adapters and base model"), cancel).ConfigureAwait(false);
            await _folder.PrepareAsync(_client, cache, cancel).ConfigureAwait(false);
            return await TrainAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or RunInputException or JsonException or HubClientException)
        {
            return RunFault.Of(fault).ToEvent();
        }
    }

    private async Task<RunEvent> TrainAsync(CancellationToken cancel)
    {
        var micro = new MicroBatch(null, 1);
        for (var crashes = 0; ;)
        {
            var current = micro;
            var spec = _folder.WriteSpec(asked => IsAside ? current.Apply(asked) with { Device = "cpu" } : current.Apply(asked));
            var before = _furthest;
            var (last, batch) = await SitAsync((spec as TrainSpec)?.Loop.BatchSize ?? MicroBatch.Usual, cancel).ConfigureAwait(false);
            crashes = _furthest > before ? 0 : crashes;
            if (last is RunFailed { Cause: "memory" } && spec is TrainSpec && batch > 1 && !_mustStop)
            {
                micro = micro.Smaller(batch);
                await _events.TellAsync(new RunWarned(micro.Describe(batch)), cancel).ConfigureAwait(false);
            }
            else if (last is not null)
            {
                return last;
            }
            else if (_mustStop)
            {
                return new RunInterrupted(_furthest, null);
            }
            else if (++crashes >= MostCrashes)
            {
                return new RunFailed($"The trainer died {crashes} times in a row without a step forward. Its last words: {_trainer?.Errors}", IsInput: false);
            }
            else
            {
                var from = _folder.Steps() is { Count: > 0 } steps ? $"from the checkpoint of step {steps[^1]}" : "from the beginning";
                await _events.TellAsync(new RunWarned($"The trainer died (exit code {_trainer?.ExitCode}); it goes on {from}."), cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One trainer process. Its last event, or null when it died without one; and its rows of a forward pass, those of the spec where it never said.</summary>
    private async Task<(RunEvent? Last, int Batch)> SitAsync(int batch, CancellationToken cancel)
    {
        RunEvent? last = null;
        lock (_gate)
        {
            _trainer?.Dispose();
            _trainer = TrainerProcess.Start(_command, _folder.SpecPath);
            if (_mustStop)
                _trainer.Stop();
        }

        await foreach (var line in _trainer.ReadAsync(LongestSilence, cancel).ConfigureAwait(false))
        {
            var happened = Read(line);
            switch (happened)
            {
                case TrainingFinished or EvaluationFinished or BlendFinished or RunInterrupted or RunFailed:
                    last = happened;
                    continue;
                case CheckpointSaved saved:
                    _checkpoints.Add(saved.Step);
                    continue;
                case TrainingStarted started:
                    batch = started.BatchSize;
                    break;
                case StepTaken step:
                    _furthest = Math.Max(_furthest, step.Step);
                    break;
            }

            await _events.AddAsync(happened, cancel).ConfigureAwait(false);
        }

        return (last, batch);
    }

    /// <summary>Paths of this machine are nobody's business; a line that is no event is the trainer's own words.</summary>
    private RunEvent Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Replace(_folder.Path + "/", "", StringComparison.Ordinal), ProtocolJson.Default.RunEvent)!;
        }
        catch (JsonException)
        {
            return new RunLogged(line);
        }
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(20, _lease.LeaseSeconds / 3));
        try
        {
            while (true)
                Wish((await _client.RenewAsync(_lease, _state, wait, cancel).ConfigureAwait(false)).State);
        }
        catch (LeaseLostException) when (_isFinishing)
        {
            // The run is finished, which the answer to finishing it says too.
        }
    }

    private void Wish(HubRunState state)
    {
        lock (_gate)
        {
            _state = state;
            if (state is not (HubRunState.Pausing or HubRunState.Cancelling) || _mustStop)
                return;
            _mustStop = true;
            _trainer?.Stop();
        }
    }
}
