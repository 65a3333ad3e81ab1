using AdapterHub.Engine.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>One of several adapters that are trained together.</summary>
/// <param name="Trainer">Of an <see cref="AdapterTarget"/> over <see cref="CausalModel.Share"/> of the base.</param>
/// <param name="Resume">Go on from its newest checkpoint.</param>
/// <param name="Ended">Told how it ended, while the others go on.</param>
/// <param name="Failed">Told why it could not start or go on, while the others do.</param>
/// <param name="Cancellation">Ends this one; the others go on.</param>
public sealed record JointMember(Trainer Trainer, bool Resume, Action<TrainingReport> Ended, Action<Exception> Failed, CancellationToken Cancellation);

/// <summary>
/// Trains several adapters at once over one copy of their base: every step runs the base once over all their batches laid end to end, which fills a GPU that
/// one small batch leaves idle. Each has its own data, optimiser, schedule, checkpoints and end. Adapters that memory does not admit wait until others
/// have ended. Losses equal those of training alone up to rounding: a product over more rows may add in another order. On a GPU activations are
/// checkpointed while several are at work, whatever they ask for: together they take little more memory than one alone, and the time lost is less than
/// the time won.
/// </summary>
/// <param name="model">The frozen base; stays the caller's.</param>
public sealed class JointTrainer(CausalModel model)
{
    private readonly long _free = FreeMemory.Of(model.Device);
    private readonly List<Seated> _active = [];

    /// <summary>Trains them all to their ends.</summary>
    /// <exception cref="TrainingException">They cannot share a pass, or their memory did not suffice; none of those at work has ended then.</exception>
    public void Run(IReadOnlyList<JointMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        RequireAlike([.. members.Select(member => member.Trainer)]);
        var waiting = new Queue<JointMember>(members.OrderBy(member => Adapter(member).Binding.LargestRank));
        try
        {
            while (waiting.Count > 0 || _active.Count > 0)
            {
                while (waiting.TryPeek(out var next) && (_active.Count == 0 || Fits(next)))
                    Begin(waiting.Dequeue());
                if (_active.Count > 0)
                    TrainUntilOneEnds();
            }
        }
        catch (TorchOutOfMemoryException reason)
        {
            throw new TrainingException(
                TrainingFailure.Memory, $"the memory of {model.Device} did not suffice for {_active.Count} adapters at once: {reason.Message}. Train fewer together", reason);
        }
        finally
        {
            _active.ForEach(seated => seated.Run.Dispose());
            _active.Clear();
        }
    }

    private static AdapterTarget Adapter(JointMember member) =>
        member.Trainer.Adapter ?? throw new TrainingException(TrainingFailure.Options, "only adapters are trained together; a whole model is trained alone");

    private static void RequireAlike(IReadOnlyList<Trainer> trainers)
    {
        Require("the sequence length", trainer => trainer.SequenceLength);
        Require("the accumulation", trainer => trainer.Options.Accumulation);
        Require("the dropout", trainer => trainer.Adapter?.Binding.Dropout ?? 0);
        var alone = trainers.SelectMany(trainer => trainer.Adapter?.Binding.Parts ?? [])
            .FirstOrDefault(part => part.Kind != LoraModuleKind.Linear || part.Pair.BiasB is not null || part.Path == WeightNames.Head);
        if (alone.Path is not null)
            throw new TrainingException(TrainingFailure.Options, $"the adapter of {alone.Path} is trained alone: it is one of an embedding or of the output head, or has a bias");

        void Require<T>(string name, Func<Trainer, T> setting)
        {
            var values = trainers.Select(setting).Distinct().ToList();
            if (values.Count > 1)
                throw new TrainingException(TrainingFailure.Options, $"{name} differs ({string.Join(", ", values)}); adapters that are trained together share it");
        }
    }

    private bool Fits(JointMember next) =>
        MemoryEstimate.Together([.. _active.Select(seated => seated.Member).Append(next).Select(member => member.Trainer.EstimateMemory(checkpointed: model.Device.IsCuda))]).FitsIn(_free);

    private void Begin(JointMember member)
    {
        Guarded(member, () =>
        {
            var run = member.Trainer.Begin(member.Resume);
            if (run.IsOver)
                member.Ended(Finish(run));
            else
                _active.Add(new Seated(member, run));
        });
    }

    private void TrainUntilOneEnds()
    {
        var checkpointed = (_active.Count > 1 && model.Device.IsCuda) || _active.Exists(seated => seated.Member.Trainer.Options.CheckpointActivations);
        using var pass = new JointPass(model, [.. _active.Select(seated => (Adapter(seated.Member), seated.Run.Seat))], checkpointed);
        using var step = new TrainingStep([.. _active.Select(seated => seated.Run.Seat)], pass.Run, _active[0].Run.GraphFailed);
        var count = _active.Count;
        _active.ForEach(seated => seated.Run.StartClock());
        while (_active.Count == count)
        {
            var (hasMoved, pauses) = (false, false);
            foreach (var (_, run) in _active)
                hasMoved |= !run.Draw();
            if (hasMoved)
                step.Forget();
            step.Run();
            foreach (var (member, run) in _active)
                pauses |= run.Advance(member.Cancellation);
            // Each counts its own evaluations and checkpoints out of its time; those of the others have to be counted out too.
            if (pauses)
            {
                Synchronize();
                _active.ForEach(seated => seated.Run.StopClock());
                Settle();
                _active.ForEach(seated => seated.Run.StartClock());
            }
            else
            {
                Settle();
            }
        }

        Synchronize(); // the recorded step goes away
    }

    private void Settle()
    {
        foreach (var (member, run) in _active.ToList())
        {
            var goesOn = Guarded(member, () =>
            {
                run.Settle();
                if (run.IsOver)
                    member.Ended(run.Finish());
            }) && !run.IsOver;
            if (goesOn)
                continue;
            _active.RemoveAll(seated => seated.Run == run);
            Synchronize();
            run.Dispose();
        }
    }

    private static TrainingReport Finish(TrainingRun run)
    {
        using (run)
            return run.Finish();
    }

    /// <summary>What stops one adapter does not stop the others.</summary>
    private static bool Guarded(JointMember member, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception reason) when (reason is TrainingException or Datasets.DatasetException or IOException or UnauthorizedAccessException)
        {
            member.Failed(reason);
            return false;
        }
    }

    private void Synchronize()
    {
        if (model.Device.IsCuda)
            CudaRuntime.Synchronize(model.Device.Index);
    }

    private sealed record Seated(JointMember Member, TrainingRun Run);
}
