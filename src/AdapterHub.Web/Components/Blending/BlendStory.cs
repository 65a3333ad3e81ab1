using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Blending;

/// <summary>What the events of a blend's run have told so far.</summary>
public sealed class BlendStory(long run)
{
    private readonly List<WeightsStep> _steps = [];
    private readonly List<string> _warnings = [];

    public long Run { get; } = run;

    /// <summary>What the run was asked to do; null until it was read.</summary>
    public BlendSpec? Spec { get; init; }

    /// <summary>Where it publishes; null for one that only measures.</summary>
    public string? Target { get; init; }

    public bool CanAct { get; init; }

    public long LastNumber { get; private set; }

    public HubRunState State { get; private set; }

    public string? Phase { get; private set; }

    public double? Share { get; private set; }

    public InterferenceMeasured? Interference { get; private set; }

    public BlendMeasured? Measured { get; private set; }

    public BlendProven? Proven { get; private set; }

    public BlendFinished? Finished { get; private set; }

    public WeightsLearned? Learned { get; private set; }

    public AdapterPublished? Published { get; private set; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; private set; }

    public IReadOnlyList<WeightsStep> Steps => _steps;

    public IReadOnlyList<string> Warnings => _warnings;

    public bool IsOver => State is HubRunState.Succeeded or HubRunState.Failed or HubRunState.Cancelled;

    public void Add(RunEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        LastNumber = happened.Number;
        switch (happened)
        {
            case RunStateChanged changed:
                Change(changed);
                break;
            case PhaseEntered phase:
                (Phase, Share) = (phase.Phase, phase.Share);
                break;
            case InterferenceMeasured measured:
                Interference = measured;
                break;
            case BlendMeasured measured:
                Measured = measured;
                break;
            case BlendProven proven:
                Proven = proven;
                break;
            case BlendFinished finished:
                Finished = finished;
                break;
            case WeightsStep step:
                // A worker's program that died begins anew without the run changing its state.
                _steps.RemoveAll(earlier => earlier.Step >= step.Step);
                _steps.Add(step);
                break;
            case WeightsLearned learned:
                Learned = learned;
                break;
            case AdapterPublished published:
                Published = published;
                break;
            case RunWarned warned:
                _warnings.Add(warned.Message);
                break;
            case RunFailed failed:
                Failure = failed.Message;
                break;
        }
    }

    /// <summary>A run that is tried again tells everything again.</summary>
    private void Change(RunStateChanged changed)
    {
        State = changed.State;
        if (changed.State == HubRunState.Running)
        {
            _steps.Clear();
            _warnings.Clear();
            Failure = null;
        }

        if (changed.State is HubRunState.Failed or HubRunState.Cancelled)
            Failure ??= changed.Message;
    }
}
