using AdapterHub.Protocol.Runs;
using AdapterHub.Worker.Runs;

namespace AdapterHub.Worker;

/// <summary>The one way in which a run happens, whoever asked for it: a spec in, events out.</summary>
/// <param name="bases">Where base models with a name lie.</param>
/// <param name="time">Stamps the events and measures durations.</param>
public sealed class RunExecutor(BaseModels bases, TimeProvider time)
{
    /// <summary>Carries the run out on this thread and returns its last event, which has been reported too.</summary>
    /// <param name="spec">What to do.</param>
    /// <param name="report">Told of every event in order, on this thread.</param>
    /// <param name="stop">Training finishes its step, leaves a checkpoint and ends as <see cref="RunInterrupted"/>.</param>
    /// <exception cref="Exception">Why the run failed; reported as <see cref="RunFailed"/> before. <see cref="RunFault"/> puts it in words.</exception>
    public RunEvent Execute(RunSpec spec, Action<RunEvent> report, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var log = new RunLog(report, time);
        try
        {
            RequireValid(spec);
            return spec switch
            {
                TrainSpec train => new TrainingExecution(log, bases).Train(train, stop),
                PretrainSpec pretrain => new TrainingExecution(log, bases).Pretrain(pretrain, stop),
                EvaluateSpec evaluate => new EvaluationExecution(log, bases).Run(evaluate, stop),
                BlendSpec blend => new BlendExecution(log, bases).Run(blend, stop),
                _ => throw new NotSupportedException($"No executor for {spec.GetType().Name}."),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return log.Add(new RunInterrupted(0, null));
        }
        catch (Exception exception)
        {
            log.Add(RunFault.Of(exception).ToEvent());
            throw;
        }
    }

    /// <summary>
    /// Trains several adapters over one copy of their base (see <see cref="JointRules"/>). Each has its own events, stop and end; a fault is told as
    /// <see cref="RunFailed"/> of the run that it concerns, with the cause "together" where only the sharing failed and the run can go on alone.
    /// </summary>
    public void ExecuteTogether(IReadOnlyList<(TrainSpec Spec, Action<RunEvent> Report, CancellationToken Stop)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        new JointExecution(bases).Train([.. runs.Select(run => new JointRun(run.Spec, new RunLog(run.Report, time), run.Stop))]);
    }

    internal static void RequireValid(RunSpec spec)
    {
        var findings = RunSpecRules.Check(spec);
        if (findings.Count > 0)
            throw new RunInputException(string.Join('\n', findings.Select(finding => $"{finding.Setting} {finding.Problem}.")));
    }
}
