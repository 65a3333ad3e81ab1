using AdapterHub.Protocol.Inference;

namespace AdapterHub.Web.Inference;

/// <summary>Which lanes of a request have ended, so that a stream that breaks off can be brought to an end in words.</summary>
internal sealed class LaneProgress(IEnumerable<string> labels)
{
    private readonly Dictionary<string, int> _open = labels.Distinct(StringComparer.Ordinal).ToDictionary(label => label, _ => 0, StringComparer.Ordinal);

    /// <summary>The last event of a request has come.</summary>
    public bool IsComplete { get; private set; }

    public void Note(LaneEvent happened)
    {
        if (happened is LaneToken token && _open.TryGetValue(token.Lane, out var count))
            _open[token.Lane] = count + 1;
        else if (happened is LaneEnded ended)
            _open.Remove(ended.Lane);
        IsComplete |= happened is LanesDone or LanesFailed;
    }

    /// <summary>What the broken stream should have ended with.</summary>
    public IEnumerable<LaneEvent> Fail(string message) =>
        _open.Select(lane => (LaneEvent)new LaneEnded(lane.Key, LaneEnd.Failed, lane.Value) { Message = message }).Append(new LanesFailed(LanesFault.Engine, message));
}
