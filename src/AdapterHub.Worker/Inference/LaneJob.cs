using System.Threading.Channels;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Worker.Inference;

/// <summary>One request at a model: its lanes, those that still wait for room, and where its events go.</summary>
internal sealed class LaneJob(string user, int promptTokens, IReadOnlyList<LaneWriter> lanes, TimeProvider time, CancellationToken stop)
{
    private readonly Channel<LaneEvent> _events = Channel.CreateUnbounded<LaneEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<LaneRow> _waiting = new(lanes.Select(lane => lane.Row));
    private readonly long _arrived = time.GetTimestamp();
    private bool _isStarted;
    private double? _firstToken;

    public string User { get; } = user;

    public CancellationToken Stop { get; } = stop;

    public IReadOnlyList<LaneWriter> Lanes { get; } = lanes;

    public ChannelReader<LaneEvent> Events => _events.Reader;

    public bool IsDone => Lanes.All(lane => lane.IsEnded);

    /// <summary>Moves lanes into the batch as long as there is room.</summary>
    /// <returns>Whether all are in.</returns>
    public bool Enter(LaneBatch batch)
    {
        while (_waiting.TryPeek(out var row) && batch.TryAdd(row))
            _waiting.Dequeue();
        if (!_isStarted && _waiting.Count < Lanes.Count)
        {
            _isStarted = true;
            Write(new LanesStarted(promptTokens));
        }

        return _waiting.Count == 0;
    }

    public void Write(LaneEvent happened) => _events.Writer.TryWrite(happened);

    public void Take(LaneWriter lane, LaneOutput output)
    {
        if (output is TokenMade)
            _firstToken ??= time.GetElapsedTime(_arrived).TotalMilliseconds;
        foreach (var happened in lane.Take(output))
            Write(happened);
    }

    /// <summary>All lanes have ended.</summary>
    public void Finish()
    {
        Write(new LanesDone(time.GetElapsedTime(_arrived).TotalMilliseconds, _firstToken));
        _events.Writer.TryComplete();
    }

    /// <summary>Ends it early; every lane that has not ended says why.</summary>
    public void Fail(LanesFault fault, string message)
    {
        foreach (var lane in Lanes.Where(lane => !lane.IsEnded))
            Write(lane.Fail(message));
        Write(new LanesFailed(fault, message));
        _events.Writer.TryComplete();
    }

    /// <summary>Nobody listens any more.</summary>
    public void Abandon() => _events.Writer.TryComplete();
}
