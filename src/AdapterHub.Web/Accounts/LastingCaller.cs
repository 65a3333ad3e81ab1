using System.Security.Claims;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// Who stands behind a connection that lasts, such as a stream of events. To be asked again and again: tokens are revoked and sessions end while
/// it is open, and then it ends too.
/// </summary>
internal sealed class LastingCaller(Sessions sessions, TokenAuthentication tokens, HubSettingsStore settings)
{
    /// <exception cref="CatalogException">SignInRequired: what the connection was opened with is not in force any more.</exception>
    public async ValueTask<Actor> FindAsync(ClaimsPrincipal user, CancellationToken cancel)
    {
        var address = HubPrincipal.FindAddress(user);
        if (HubPrincipal.FindToken(user) is { } token)
            return await tokens.FindAsync(token, address, cancel) ?? throw new CatalogException(CatalogFault.SignInRequired, "The API token is not in force any more.");
        if (HubPrincipal.FindSessionKey(user) is { } key)
            return await sessions.FindAsync(key, address, cancel) ?? throw new CatalogException(CatalogFault.SignInRequired, "The session is over; sign in again.");
        return (await settings.GetAsync(cancel)).AnonymousReading ? Actor.Anonymous with { Address = address }
            : throw new CatalogException(CatalogFault.SignInRequired, "This hub is for its members; sign in.");
    }
}
