using AdapterHub.Protocol.Runs;

namespace AdapterHub.Cli.Output;

/// <summary>Plain lines for pipes and logs: a step now and then, everything else as it comes.</summary>
internal sealed class PlainRunView(Terminal terminal, TimeProvider time) : IRunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private double? _heldOut;
    private long _lastStepAt;

    public RunEvent Follow(Func<Action<RunEvent>, RunEvent> run)
    {
        var last = run(Show);
        terminal.WritePairs(EventText.Report(last));
        return last;
    }

    private void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepTaken step when step.Step == 1 || step.Step == step.Steps || time.GetElapsedTime(_lastStepAt) >= Interval:
                _lastStepAt = time.GetTimestamp();
                terminal.Out.WriteLine(EventText.Step(step, _heldOut));
                break;
            case PhaseEntered { Share: null } phase:
                terminal.Out.WriteLine(phase.Phase);
                break;
            case HeldOutMeasured { Loss: { } loss }:
                _heldOut = loss;
                break;
        }

        foreach (var line in EventText.Lines(happened))
            terminal.Out.WriteLine(line);
        terminal.Out.Flush();
    }
}
