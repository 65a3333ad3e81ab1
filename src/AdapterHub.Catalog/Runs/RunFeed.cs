using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// The one source of new events in this process, for every viewer alike. Told after the transaction was committed. A viewer that does not keep up
/// loses the oldest of its buffer, notices the gap by the numbers, and reads the log instead: memory is bounded and nothing is lost.
/// </summary>
public sealed class RunFeed
{
    /// <summary>Events that wait for one viewer.</summary>
    private const int Buffer = 256;

    private readonly ConcurrentDictionary<long, ImmutableList<Channel<RunEventView?>>> _viewers = new();
    private ImmutableList<Action<long>> _listeners = [];
    private TaskCompletionSource _queue = New();

    internal RunViewer Subscribe(long runId)
    {
        var channel = Channel.CreateBounded<RunEventView?>(new BoundedChannelOptions(Buffer)
        {
            FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, AllowSynchronousContinuations = false,
        });
        _viewers.AddOrUpdate(runId, _ => [channel], (_, list) => list.Add(channel));
        return new RunViewer(channel, () => Remove(runId, channel));
    }

    /// <summary>Calls <paramref name="changed"/> with the id of each run that changed, on the changer's thread: it returns at once and does not throw.</summary>
    public IDisposable Listen(Action<long> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        ImmutableInterlocked.Update(ref _listeners, list => list.Add(changed));
        return new Listening(() => ImmutableInterlocked.Update(ref _listeners, list => list.Remove(changed)));
    }

    internal void Publish(long runId, IReadOnlyList<RunEventView> events)
    {
        if (_viewers.TryGetValue(runId, out var viewers))
        {
            foreach (var viewer in viewers)
            {
                foreach (var happened in events)
                    viewer.Writer.TryWrite(happened);
            }
        }

        foreach (var listener in _listeners)
            listener(runId);
    }

    /// <summary>Something may be there for a worker, or for a worker that has a run.</summary>
    internal void Wake() => Interlocked.Exchange(ref _queue, New()).SetResult();

    /// <summary>Completes at the next <see cref="Wake"/>. Ask for it before looking, so that nothing falls in between.</summary>
    internal Task Awakened => Volatile.Read(ref _queue).Task;

    private void Remove(long runId, Channel<RunEventView?> channel)
    {
        while (_viewers.TryGetValue(runId, out var list))
        {
            var rest = list.Remove(channel);
            if (rest.IsEmpty ? _viewers.TryRemove(new(runId, list)) : _viewers.TryUpdate(runId, rest, list))
                return;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>The buffer of one viewer.</summary>
internal sealed class RunViewer(Channel<RunEventView?> events, Action end) : IDisposable
{
    /// <summary>An empty place is no event: it is time to look whether the viewer may still see the run.</summary>
    public ChannelReader<RunEventView?> Events => events.Reader;

    public void Nudge() => events.Writer.TryWrite(null);

    public void Dispose() => end();
}
