using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;

namespace AdapterHub.Web.Api;

/// <summary>Whoever makes the request, bound as a parameter of an endpoint.</summary>
internal readonly record struct Caller(Actor Actor)
{
    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(context.GetActor()));

    /// <summary>Throws <see cref="CatalogFault.SignInRequired"/>; for lists that are empty for nobody, where an empty answer would mislead.</summary>
    public void RequireSignIn(string deed)
    {
        if (!Actor.IsSignedIn)
            throw new CatalogException(CatalogFault.SignInRequired, $"Sign in to {deed}.");
    }

    public static implicit operator Actor(Caller caller) => caller.Actor;
}
