using AdapterHub.Protocol.Runs;

namespace AdapterHub.Worker;

/// <summary>Numbers a run's events and stamps them, in the order in which they happen.</summary>
internal sealed class RunLog(Action<RunEvent> sink, TimeProvider time)
{
    private long _number;

    public TimeProvider Time => time;

    public T Add<T>(T happened) where T : RunEvent
    {
        var stamped = happened with { Number = ++_number, At = time.GetUtcNow() };
        sink(stamped);
        return stamped;
    }

    public void Phase(string phase, double? share = null) => Add(new PhaseEntered(phase, share));

    public void Warn(string message) => Add(new RunWarned(message));
}
