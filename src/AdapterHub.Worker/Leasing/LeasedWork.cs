using System.Text.Json;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Worker.Runs;

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
    private readonly TimeProvider _time;
    private readonly EventSender _events;
    private readonly CheckpointSender _checkpoints;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ITrainer? _trainer;
    private bool _hasSat;
    private bool _mustStop;
    private volatile bool _isFinishing;
    private HubRunState _state = HubRunState.Running;
    private int _furthest;

    public LeasedWork(WorkerClient client, LeasedRun lease, RunFolder folder, TrainerCommand command, TimeProvider time)
    {
        (_client, _lease, _folder, _command, _time) = (client, lease, folder, command, time);
        _events = new EventSender(client, lease, time, Wish);
        _checkpoints = new CheckpointSender(client, lease, folder, _events);
    }

    /// <summary>It is done beside another run and leaves the GPU to that one.</summary>
    public bool IsAside { get; init; }

    /// <summary>Runs that are trained in one process with this one; null alone.</summary>
    public TrainerGroup? Group { get; init; }

    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromHours(1);

    public void Dispose()
    {
        _trainer?.Dispose();
        _events.Dispose();
        _over.Dispose();
    }

    /// <summary>A line for the hub's log of the run, from outside of its flow; lost where the run is over.</summary>
    public void Warn(string message) => _ = _events.TellAsync(new RunWarned(message), CancellationToken.None);

    /// <param name="inputs">Holds the files that it reads, until the run's folder is gone.</param>
    /// <param name="stop">The worker ends: the trainer leaves a checkpoint and the run goes back to the queue.</param>
    /// <exception cref="LeaseLostException">The run is another worker's.</exception>
    public async Task RunAsync(HeldInputs inputs, CancellationToken stop)
    {
        using var registration = stop.Register(() => Wish(HubRunState.Pausing));
        var renewing = RenewAsync(_over.Token);
        var sending = _events.SendAsync(_over.Token);
        var saving = _checkpoints.SendAsync(_over.Token);
        var working = WorkAsync(inputs, _over.Token);
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
            Group?.Leave(_hasSat);
            // Nothing of it writes into the run's folder any more when that is deleted.
            await Task.WhenAll(working, renewing, sending, saving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task FailureOf(Task task)
        {
            await task.ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, _over.Token).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(HeldInputs inputs, CancellationToken cancel)
    {
        var last = await TrainAsync(inputs, cancel).ConfigureAwait(false);
        var closing = await _events.CloseAsync(last, cancel).ConfigureAwait(false);
        if (_state != HubRunState.Cancelling)
            await _checkpoints.CloseAsync(cancel).ConfigureAwait(false);
        var (files, refusal) = last is TrainingFinished or BlendFinished { Output.Length: > 0 } ? await SendResultAsync(cancel).ConfigureAwait(false) : ([], null);
        var outcome = last switch { _ when refusal is not null => LeaseOutcome.Failed, RunFailed => LeaseOutcome.Failed, RunInterrupted => LeaseOutcome.Stopped, _ => LeaseOutcome.Succeeded };
        _isFinishing = true;
        await _client.FinishAsync(_lease, new LeaseEnd(outcome, [closing], files, refusal ?? (last as RunFailed)?.Message), cancel).ConfigureAwait(false);
    }

    /// <summary>The files that the hub has now; or, where it takes one not and waiting would not help, why the run fails.</summary>
    private async Task<(List<LeasedFile> Files, string? Refusal)> SendResultAsync(CancellationToken cancel)
    {
        var files = new List<LeasedFile>();
        foreach (var path in _folder.ResultFiles())
        {
            var file = await RunFolder.DescribeAsync(_folder.Output, path, cancel).ConfigureAwait(false);
            try
            {
                await _client.SendFileAsync(_lease, file, path, isResult: true, cancel).ConfigureAwait(false);
            }
            catch (HubClientException refused) when (refused.Problem is { Status: 403 or 413 })
            {
                return ([], _lease.Spec.Deserialize(ProtocolJson.Default.RunSpec) is TrainSpec
                    ? $"The adapter was trained, but the hub did not take {file.Path}: {refused.Message} Its last checkpoint is kept: mend that and try the run again, which publishes without training anew."
                    : $"The blend was made, but the hub did not take {file.Path}: {refused.Message} Mend that and try the run again.");
            }

            files.Add(file);
        }

        return (files, null);
    }

    /// <summary>A full disk of this machine ends no run: it waits for room, for some time, and goes on from its last checkpoint.</summary>
    private async Task<RunEvent> TrainAsync(HeldInputs inputs, CancellationToken cancel)
    {
        var patience = new DiskPatience(_time);
        var isPrepared = false;
        while (true)
        {
            RunEvent last;
            try
            {
                if (!isPrepared)
                {
                    await _events.TellAsync(new PhaseEntered(_lease.Adapters is null ? "fetching base model and text" : "fetching adapters and base model"), cancel).ConfigureAwait(false);
                    await _folder.PrepareAsync(_client, inputs, cancel).ConfigureAwait(false);
                    isPrepared = true;
                }

                last = await TrainAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or RunInputException or JsonException or HubClientException)
            {
                last = RunFault.Of(fault).ToEvent();
            }

            if (last is not RunFailed { Cause: "disk" } full || patience.IsOver || _mustStop)
                return last;
            await _events.TellAsync(new RunWarned(patience.Describe(full.Message)), cancel).ConfigureAwait(false);
            // The others do not wait with it.
            Group?.Leave(_hasSat);
            _hasSat = true;
            await patience.WaitAsync(_stopAsked.Task, cancel).ConfigureAwait(false);
        }
    }

    private async Task<RunEvent> TrainAsync(CancellationToken cancel)
    {
        var micro = new MicroBatch(null, 1);
        if (Group is not null && !_hasSat && await TrainTogetherAsync(cancel).ConfigureAwait(false) is { } shared)
            return shared;
        using var turn = Group is null ? null : await TurnAsync(Group.Alone, cancel).ConfigureAwait(false);
        for (var crashes = 0; ;)
        {
            var current = micro;
            var spec = _folder.WriteSpec(asked => IsAside ? current.Apply(asked) with { Device = "cpu" } : current.Apply(asked));
            var before = _furthest;
            var (last, batch) = await SitAsync(TrainerProcess.Start(_command, _folder.SpecPath), (spec as TrainSpec)?.Loop.BatchSize ?? MicroBatch.Usual, cancel).ConfigureAwait(false);
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
                await _events.TellAsync(new RunWarned($"The trainer died {LastWords}; it goes on {DescribeStart()}."), cancel).ConfigureAwait(false);
            }
        }
    }

    private string LastWords => _trainer?.Errors.Split('\n')[^1] ?? "";

    /// <summary>The end of the run among the others, or null where it has to go on by itself.</summary>
    private async Task<RunEvent?> TrainTogetherAsync(CancellationToken cancel)
    {
        _folder.WriteSpec();
        _hasSat = true;
        var trainer = await Group!.SitAsync(_folder.SpecPath, LongestSilence, cancel).ConfigureAwait(false);
        var (last, _) = await SitAsync(trainer, MicroBatch.Usual, cancel).ConfigureAwait(false);
        if (last is not (null or RunFailed { Cause: JointExecution.Cause }))
            return last;
        if (_mustStop)
            return new RunInterrupted(_furthest, null);
        var reason = (last as RunFailed)?.Message ?? $"the trainer died {LastWords}";
        await _events.TellAsync(new RunWarned($"Trained together with others, it could not go on: {reason.TrimEnd('.')}. It goes on alone, {DescribeStart()}."), cancel).ConfigureAwait(false);
        return null;
    }

    private string DescribeStart() => _folder.Steps() is { Count: > 0 } steps ? $"from the checkpoint of step {steps[^1]}" : "from the beginning";

    private static async Task<IDisposable> TurnAsync(SemaphoreSlim turns, CancellationToken cancel)
    {
        await turns.WaitAsync(cancel).ConfigureAwait(false);
        return new Turn(turns);
    }

    /// <summary>One sitting of a trainer. Its last event, or null when it died without one; and its rows of a forward pass, those of the spec where it never said.</summary>
    private async Task<(RunEvent? Last, int Batch)> SitAsync(ITrainer trainer, int batch, CancellationToken cancel)
    {
        RunEvent? last = null;
        lock (_gate)
        {
            _trainer?.Dispose();
            _trainer = trainer;
            if (_mustStop)
                trainer.Stop();
        }

        await foreach (var line in trainer.ReadAsync(LongestSilence, cancel).ConfigureAwait(false))
        {
            var happened = Read(line);
            switch (happened)
            {
                case TrainingFinished or EvaluationFinished or BlendFinished or RunInterrupted or RunFailed:
                    last = happened;
                    if (trainer is not TrainerProcess)
                        return (last, batch); // the others go on
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
            _stopAsked.TrySetResult();
            _trainer?.Stop();
        }
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
