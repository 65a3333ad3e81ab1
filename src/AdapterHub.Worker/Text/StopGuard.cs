using System.Text;

namespace AdapterHub.Worker.Text;

/// <summary>Lets a growing text through up to the first of its stop texts. What may be the beginning of one waits until that is decided.</summary>
internal sealed class StopGuard(IReadOnlyList<string> stops)
{
    private readonly string[] _stops = [.. stops.Where(stop => stop.Length > 0)];
    private readonly StringBuilder _pending = new();

    /// <summary>A stop text has come; nothing more is let through.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What can no longer become a stop text.</summary>
    public string Append(string piece) => Release(piece, isLast: false);

    /// <summary>The rest, at the end of the text.</summary>
    public string Finish(string piece) => Release(piece, isLast: true);

    private string Release(string piece, bool isLast)
    {
        if (IsStopped)
            return "";
        var text = _pending.Append(piece).ToString();
        var found = Find(text);
        IsStopped = found >= 0;
        var free = IsStopped ? found : text.Length - (isLast ? 0 : Held(text));
        _pending.Remove(0, IsStopped ? text.Length : free);
        return text[..free];
    }

    /// <summary>Where the stop text begins that is complete first, as if the text came letter by letter; -1 without one.</summary>
    private int Find(string text)
    {
        var (start, end) = (-1, int.MaxValue);
        foreach (var stop in _stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (at + stop.Length < end || (at + stop.Length == end && at < start)))
                (start, end) = (at, at + stop.Length);
        }

        return start;
    }

    /// <summary>Length of the longest end of the text that begins a stop text.</summary>
    private int Held(string text)
    {
        if (_stops.Length == 0)
            return 0;
        for (var length = Math.Min(text.Length, _stops.Max(stop => stop.Length) - 1); length > 0; length--)
            if (_stops.Any(stop => stop.Length > length && text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))))
                return length;
        return 0;
    }
}
