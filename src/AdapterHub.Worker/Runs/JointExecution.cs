using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker.Runs;

/// <summary>
/// Several training runs over one copy of their base. Each reports, ends and fails by itself; what ends the passes that they share ends all that have not
/// ended as <see cref="RunFailed"/> with the cause <see cref="Cause"/>: none of them is to blame, and each can go on alone from its last checkpoint.
/// </summary>
internal sealed class JointExecution(BaseModels bases)
{
    public const string Cause = "together";

    public void Train(IReadOnlyList<JointRun> runs)
    {
        CausalModel? model = null;
        var opened = new List<IDisposable>();
        var open = runs.ToList();
        try
        {
            var members = new List<JointMember>();
            foreach (var run in runs)
            {
                Guarded(open, run, () =>
                {
                    RunExecutor.RequireValid(run.Spec);
                    var prepared = new TrainingExecution(run.Log, bases).Prepare(run.Spec, (loaded, device, type) =>
                    {
                        model ??= loaded.LoadModel(device, type);
                        var view = model.Share();
                        opened.Add(view);
                        return view;
                    });
                    opened.Add(prepared);
                    members.Add(new JointMember(prepared.Trainer, run.Spec.Resume, report => Guarded(open, run, () =>
                    {
                        prepared.Complete(report);
                        open.Remove(run);
                    }), reason => Fail(open, run, RunFault.Of(reason).ToEvent()), run.Stop));
                });
            }

            if (members.Count > 0)
                new JointTrainer(model!).Run(members);
        }
#pragma warning disable CA1031 // each of them goes on alone and meets again what was not of the sharing
        catch (Exception fault)
#pragma warning restore CA1031
        {
            foreach (var run in open.ToList())
                Fail(open, run, RunFault.Of(fault).ToEvent() with { Cause = Cause });
        }
        finally
        {
            opened.Reverse();
            opened.ForEach(thing => thing.Dispose());
            model?.Dispose();
        }
    }

    private static void Fail(List<JointRun> open, JointRun run, RunFailed fault)
    {
        run.Log.Add(fault);
        open.Remove(run);
    }

    private static void Guarded(List<JointRun> open, JointRun run, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // the border of one run, whose executor tells every fault as an event
        catch (Exception fault) when (fault is not Torch.TorchOutOfMemoryException)
#pragma warning restore CA1031
        {
            Fail(open, run, RunFault.Of(fault).ToEvent());
        }
    }
}

/// <summary>One of several runs that are trained together.</summary>
internal sealed record JointRun(TrainSpec Spec, RunLog Log, CancellationToken Stop);
