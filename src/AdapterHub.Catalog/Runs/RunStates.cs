using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Runs;

/// <summary>What can happen to a run.</summary>
public enum RunDeed
{
    /// <summary>A worker takes it.</summary>
    Lease,

    /// <summary>Somebody wants it to wait.</summary>
    Pause,

    /// <summary>Somebody lets it go on.</summary>
    Resume,

    /// <summary>Somebody wants no more of it.</summary>
    Cancel,

    /// <summary>Somebody wants it to be tried again.</summary>
    Retry,

    /// <summary>Its result is there.</summary>
    Succeed,

    /// <summary>It ended without a result.</summary>
    Fail,

    /// <summary>The worker stopped in good order, as it was asked to or because it ends itself.</summary>
    Stop,

    /// <summary>The worker is gone, or had to give the run back.</summary>
    Lose,
}

/// <summary>Every way from one state of a run to another; there is none besides.</summary>
public static class RunStates
{
    /// <summary>The state that follows; null where the deed is not possible.</summary>
    public static RunState? Next(RunState state, RunDeed deed) => (state, deed) switch
    {
        (RunState.Queued, RunDeed.Lease) => RunState.Running,
        (RunState.Queued, RunDeed.Pause) => RunState.Paused,
        (RunState.Queued, RunDeed.Cancel) => RunState.Cancelled,
        (RunState.Running, RunDeed.Pause) => RunState.Pausing,
        (RunState.Running, RunDeed.Cancel) => RunState.Cancelling,
        (RunState.Running, RunDeed.Stop or RunDeed.Lose) => RunState.Queued,
        (RunState.Pausing, RunDeed.Resume) => RunState.Running,
        (RunState.Pausing, RunDeed.Cancel) => RunState.Cancelling,
        (RunState.Pausing, RunDeed.Stop or RunDeed.Lose) => RunState.Paused,
        (RunState.Running or RunState.Pausing, RunDeed.Succeed) => RunState.Succeeded,
        (RunState.Running or RunState.Pausing, RunDeed.Fail) => RunState.Failed,
        (RunState.Paused, RunDeed.Resume) => RunState.Queued,
        (RunState.Paused, RunDeed.Cancel) => RunState.Cancelled,
        (RunState.Cancelling, RunDeed.Succeed or RunDeed.Fail or RunDeed.Stop or RunDeed.Lose) => RunState.Cancelled,
        (RunState.Failed or RunState.Cancelled, RunDeed.Retry) => RunState.Queued,
        _ => null,
    };

    /// <summary>Whether a person's wish is what happens already, so that a second click changes nothing and fails neither.</summary>
    public static bool IsFulfilled(RunState state, RunDeed wish) => (state, wish) switch
    {
        (RunState.Pausing or RunState.Paused, RunDeed.Pause) => true,
        (RunState.Queued or RunState.Running, RunDeed.Resume or RunDeed.Retry) => true,
        (RunState.Cancelling or RunState.Cancelled, RunDeed.Cancel) => true,
        _ => false,
    };

    /// <summary>A worker has it.</summary>
    public static bool IsLeased(RunState state) => state is RunState.Running or RunState.Pausing or RunState.Cancelling;

    /// <summary>Nothing happens any more unless somebody tries it again.</summary>
    public static bool IsFinal(RunState state) => state is RunState.Succeeded or RunState.Failed or RunState.Cancelled;

    /// <summary>As the log and the wire have it.</summary>
    public static string Word(RunState state) => state.ToString().ToLowerInvariant();
}
