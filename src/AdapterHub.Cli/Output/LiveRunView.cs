using AdapterHub.Protocol.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AdapterHub.Cli.Output;

/// <summary>A bar at the foot of the terminal, with everything else scrolling above it.</summary>
internal sealed class LiveRunView(Terminal terminal) : IRunView
{
    private double? _heldOut;

    public RunEvent Follow(Func<Action<RunEvent>, RunEvent> run)
    {
        var last = terminal.Rich.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 28 }, new DescriptionColumn())
            .Start(context =>
            {
                var bar = context.AddTask("starting", maxValue: 1);
                bar.IsIndeterminate = true;
                return run(happened => Show(bar, happened));
            });
        terminal.WritePairs(EventText.Report(last));
        return last;
    }

    private void Show(ProgressTask bar, RunEvent happened)
    {
        switch (happened)
        {
            case PhaseEntered phase:
                bar.IsIndeterminate = phase.Share is null;
                bar.Value = phase.Share ?? 0;
                bar.Description = phase.Phase.EscapeMarkup();
                break;
            case StepTaken step:
                bar.IsIndeterminate = false;
                bar.Value = (double)step.Step / step.Steps;
                bar.Description = EventText.Step(step, _heldOut).EscapeMarkup();
                break;
            case HeldOutMeasured { Loss: { } loss }:
                _heldOut = loss;
                break;
        }

        foreach (var line in EventText.Lines(happened))
            terminal.Rich.Write(new Text(line + "\n"));
    }

    /// <summary>The task's description to the right of the bar, cut rather than wrapped.</summary>
    private sealed class DescriptionColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Markup(task.Description).Overflow(Overflow.Ellipsis);
    }
}
