using System.Collections.Immutable;

namespace AdapterHub.Catalog.Publishing;

public enum CatalogChangeKind
{
    /// <summary>A new repository is there.</summary>
    Created,

    /// <summary>A branch has a new revision.</summary>
    Committed,

    /// <summary>Name, visibility, people or counters changed, or it went to the trash or came back.</summary>
    Changed,

    /// <summary>It is gone for good.</summary>
    Purged,

    /// <summary>A publication under way moved on.</summary>
    Draft,
}

/// <summary>Something that open pages may want to show. Carries no content: whoever cares asks again, with its own rights.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="RepositoryId">To which repository; 0 for a draft without one.</param>
/// <param name="DraftId">To which draft, for <see cref="CatalogChangeKind.Draft"/>.</param>
public sealed record CatalogChange(CatalogChangeKind Kind, long RepositoryId, string? DraftId = null);

/// <summary>
/// Tells open pages, in this process, that something changed, after it was committed. Subscribers get it on the changer's thread: they
/// return at once and do not throw.
/// </summary>
public sealed class CatalogChanges
{
    private ImmutableList<Action<CatalogChange>> _subscribers = [];

    /// <summary>Until the result is disposed.</summary>
    public IDisposable Subscribe(Action<CatalogChange> subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ImmutableInterlocked.Update(ref _subscribers, list => list.Add(subscriber));
        return new Subscription(this, subscriber);
    }

    public void Publish(CatalogChange change)
    {
        foreach (var subscriber in _subscribers)
            subscriber(change);
    }

    private sealed class Subscription(CatalogChanges changes, Action<CatalogChange> subscriber) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref changes._subscribers, list => list.Remove(subscriber));
    }
}
