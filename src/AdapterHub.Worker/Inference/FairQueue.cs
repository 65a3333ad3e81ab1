namespace AdapterHub.Worker.Inference;

/// <summary>Requests that wait, the users in turn: one with many waiting requests holds up another by one of them at most. Bounded. Safe from several threads.</summary>
internal sealed class FairQueue(int most, int mostOfAUser)
{
    private readonly Dictionary<string, Queue<LaneJob>> _byUser = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byUser.Values.Sum(Waiting);
        }
    }

    /// <returns>How many wait before it.</returns>
    /// <exception cref="EngineBusyException">Too many wait.</exception>
    public int Add(LaneJob job)
    {
        lock (_gate)
        {
            var waiting = _byUser.Values.Sum(Waiting);
            if (waiting >= most)
                throw new EngineBusyException($"{waiting} requests wait already. Try again in a few seconds.");
            var own = _byUser.GetValueOrDefault(job.User) ?? (_byUser[job.User] = new Queue<LaneJob>());
            if (Waiting(own) >= mostOfAUser)
                throw new EngineBusyException($"{Waiting(own)} of your requests wait already. Stop one, or try again when they are done.");
            if (own.Count == 0)
                _turns.Enqueue(job.User);
            own.Enqueue(job);
            return waiting;
        }
    }

    /// <summary>The request whose turn it is; it stays where it is.</summary>
    public LaneJob? Peek()
    {
        lock (_gate)
            return _turns.TryPeek(out var user) ? _byUser[user].Peek() : null;
    }

    /// <summary>Takes out the request that <see cref="Peek"/> gave; the next turn is another user's.</summary>
    public void Pass()
    {
        lock (_gate)
        {
            var user = _turns.Dequeue();
            _byUser[user].Dequeue();
            if (_byUser[user].Count > 0)
                _turns.Enqueue(user);
            else
                _byUser.Remove(user);
        }
    }

    /// <summary>Those that somebody gave up are taken out when their turn comes; they hold up nobody.</summary>
    private static int Waiting(Queue<LaneJob> jobs) => jobs.Count(job => !job.Stop.IsCancellationRequested);
}
