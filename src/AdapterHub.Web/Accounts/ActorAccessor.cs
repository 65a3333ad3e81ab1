using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Web.Accounts;

/// <summary>Who looks at a page. Nobody can sign in yet.</summary>
public sealed class ActorAccessor
{
    public ValueTask<Actor> GetAsync(CancellationToken cancel = default) => cancel.IsCancellationRequested ? ValueTask.FromCanceled<Actor>(cancel) : ValueTask.FromResult(Actor.Anonymous);
}
