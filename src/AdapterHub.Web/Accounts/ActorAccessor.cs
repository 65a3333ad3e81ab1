using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components.Authorization;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// Who looks at a page, for components: <c>var actor = await actors.GetAsync();</c>. Ask each time something is done and keep no answer: a circuit
/// lives for hours, and meanwhile the account may be shut or lose its rights.
/// </summary>
public sealed class ActorAccessor(AuthenticationStateProvider states, Sessions sessions)
{
    /// <summary>The person signed in, or the anonymous actor once the session is over.</summary>
    public async ValueTask<Actor> GetAsync(CancellationToken cancel = default)
    {
        var principal = (await states.GetAuthenticationStateAsync()).User;
        var address = HubPrincipal.FindAddress(principal);
        if (HubPrincipal.FindSessionKey(principal) is not { } key)
            return HubPrincipal.ReadBearer(principal);
        return await sessions.FindAsync(key, address, cancel) ?? Actor.Anonymous with { Address = address };
    }
}
