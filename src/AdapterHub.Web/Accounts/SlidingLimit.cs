using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// So many attempts of one key within a window that slides: an attempt is taken before the work, and given back if it was none that counts.
/// Kept in memory; a restart forgets.
/// </summary>
internal sealed class SlidingLimit(int most, TimeSpan window, TimeProvider time)
{
    /// <summary>Above this many keys those without recent attempts are dropped: strangers choose the keys.</summary>
    private const int MostKeys = 20_000;

    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _attempts = new(StringComparer.Ordinal);

    /// <summary>False when the window is full; <paramref name="wait"/> says until when.</summary>
    public bool TryTake(string key, [NotNullWhen(false)] out TimeSpan? wait)
    {
        var now = time.GetUtcNow();
        if (_attempts.Count > MostKeys)
            Sweep(now);
        var attempts = _attempts.GetOrAdd(key, _ => new Queue<DateTimeOffset>());
        lock (attempts)
        {
            Expire(attempts, now);
            wait = attempts.Count < most ? null : attempts.Peek() + window - now;
            if (wait is not null)
                return false;
            attempts.Enqueue(now);
            return true;
        }
    }

    /// <summary>Takes back the newest attempt of a key.</summary>
    public void GiveBack(string key)
    {
        if (!_attempts.TryGetValue(key, out var attempts))
            return;
        lock (attempts)
        {
            var all = attempts.ToArray();
            attempts.Clear();
            foreach (var attempt in all.SkipLast(1))
                attempts.Enqueue(attempt);
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, attempts) in _attempts)
        {
            lock (attempts)
            {
                Expire(attempts, now);
                if (attempts.Count == 0)
                    _attempts.TryRemove(key, out _);
            }
        }
    }

    private void Expire(Queue<DateTimeOffset> attempts, DateTimeOffset now)
    {
        while (attempts.TryPeek(out var oldest) && oldest + window <= now)
            attempts.Dequeue();
    }
}
