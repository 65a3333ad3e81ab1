using AdapterHub.Worker.Inference;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Whose turn it is.</summary>
public sealed class FairQueueTests
{
    [Fact]
    public void Users_TakeTurns_HoweverManyEachHasWaiting()
    {
        var queue = new FairQueue(most: 10, mostOfAUser: 5);
        foreach (var user in new[] { "ann", "ann", "ann", "ben", "ann", "cat", "ben" })
            queue.Add(Job(user));
        var turns = new List<string>();
        for (; queue.Peek() is { } job; queue.Pass())
            turns.Add(job.User);
        turns.ShouldBe(["ann", "ben", "cat", "ann", "ben", "ann", "ann"]);
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void TooManyOfOneOrOfAll_AreBusy_AndThoseGivenUpDoNotCount()
    {
        using var stop = new CancellationTokenSource();
        var queue = new FairQueue(most: 3, mostOfAUser: 2);
        queue.Add(Job("ann")).ShouldBe(0);
        queue.Add(Job("ann", stop.Token)).ShouldBe(1);
        Should.Throw<EngineBusyException>(() => queue.Add(Job("ann"))).Message.ShouldContain("your requests");
        queue.Add(Job("ben")).ShouldBe(2);
        Should.Throw<EngineBusyException>(() => queue.Add(Job("cat"))).Message.ShouldContain("3 requests wait");
        stop.Cancel();
        queue.Add(Job("ann")).ShouldBe(2);
    }

    private static LaneJob Job(string user, CancellationToken stop = default) => new(user, 1, [], TimeProvider.System, stop);
}
