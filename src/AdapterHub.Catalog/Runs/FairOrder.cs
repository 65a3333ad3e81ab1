namespace AdapterHub.Catalog.Runs;

/// <summary>A run that could start now.</summary>
/// <param name="RunId">Its key.</param>
/// <param name="Person">Who started it.</param>
/// <param name="Priority">Among the runs of the same person.</param>
/// <param name="QueuedAt">Since when it waits.</param>
public sealed record WaitingRun(long RunId, long Person, int Priority, DateTimeOffset QueuedAt);

/// <summary>What a person has had of the workers.</summary>
/// <param name="Running">Runs that workers have now.</param>
/// <param name="ServedAt">When a worker took one last; null when never.</param>
public sealed record PersonStanding(int Running, DateTimeOffset? ServedAt);

/// <summary>
/// Whose run is next. People take turns, whatever each of them submits: first those with the fewest runs at work, among them whoever was served
/// longest ago. Somebody who was never served counts as served when the first of the waiting runs was queued, so that a crowd of new accounts
/// does not push anybody back either. So a person with nothing at work waits for at most one run of each other person.
/// A person's own runs go by priority, then by age.
/// </summary>
public static class FairOrder
{
    /// <summary>Null where nothing waits.</summary>
    public static WaitingRun? FindNext(IEnumerable<WaitingRun> waiting, Func<long, PersonStanding> standing)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        ArgumentNullException.ThrowIfNull(standing);
        return waiting.GroupBy(run => run.Person)
            .Select(runs => (Runs: runs, Standing: standing(runs.Key), Since: runs.Min(run => run.QueuedAt)))
            .OrderBy(person => person.Standing.Running)
            .ThenBy(person => person.Standing.ServedAt ?? person.Since)
            .ThenBy(person => person.Runs.Key)
            .Select(person => person.Runs.OrderByDescending(run => run.Priority).ThenBy(run => run.QueuedAt).ThenBy(run => run.RunId).First())
            .FirstOrDefault();
    }

    /// <summary>
    /// All of them in the order in which they would begin if nothing else came and everybody's running ones went on: what a person may be told of the
    /// place in the queue.
    /// </summary>
    public static IReadOnlyList<WaitingRun> Arrange(IEnumerable<WaitingRun> waiting, Func<long, PersonStanding> standing)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        ArgumentNullException.ThrowIfNull(standing);
        var left = waiting.ToList();
        var standings = left.Select(run => run.Person).Distinct().ToDictionary(person => person, standing);
        var order = new List<WaitingRun>(left.Count);
        var turn = left.Select(run => run.QueuedAt).Concat(standings.Values.Select(one => one.ServedAt ?? DateTimeOffset.MinValue)).DefaultIfEmpty().Max();
        while (FindNext(left, person => standings[person]) is { } next)
        {
            turn += TimeSpan.FromTicks(1);
            standings[next.Person] = new PersonStanding(standings[next.Person].Running + 1, turn);
            order.Add(next);
            left.Remove(next);
        }

        return order;
    }
}
