using System.Globalization;
using System.Security.Claims;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Layout;

namespace AdapterHub.Web.Accounts;

/// <summary>The actor in the form that ASP.NET and Blazor pass on. It never leaves the process: the cookie holds a session's key and nothing else.</summary>
internal static class HubPrincipal
{
    private const string SessionClaim = "adapterhub:session";
    private const string ScopeClaim = "adapterhub:scope";
    private const string TokenClaim = "adapterhub:token";
    private const string AddressClaim = "adapterhub:address";

    /// <param name="actor">Somebody signed in.</param>
    /// <param name="sessionKey">Of the browser's session; null for a token.</param>
    /// <param name="scheme">Which scheme found it.</param>
    /// <param name="token">The API token; null for a session.</param>
    public static ClaimsPrincipal Of(Actor actor, string? sessionKey, string scheme, string? token = null)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, actor.UserId!.Value.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, actor.Name),
            new(ScopeClaim, actor.Scope.ToString()),
        ];
        if (sessionKey is not null)
            claims.Add(new Claim(SessionClaim, sessionKey));
        if (token is not null)
            claims.Add(new Claim(TokenClaim, token));
        if (actor.Address is not null)
            claims.Add(new Claim(AddressClaim, actor.Address));
        // A token opens no administrator's pages: those are for browsers.
        if (actor is { IsAdministrator: true, Scope: ActorScope.Full })
            claims.Add(new Claim(ClaimTypes.Role, AccountMenu.AdministratorRole));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    public static string? FindSessionKey(ClaimsPrincipal principal) => principal.FindFirstValue(SessionClaim);

    public static string? FindToken(ClaimsPrincipal principal) => principal.FindFirstValue(TokenClaim);

    public static string? FindAddress(ClaimsPrincipal principal) => principal.FindFirstValue(AddressClaim);

    /// <summary>The bearer of a token, who lives as long as the request; rights of sessions are asked for anew instead.</summary>
    public static Actor ReadBearer(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var id)
        && Enum.TryParse<ActorScope>(principal.FindFirstValue(ScopeClaim), out var scope) && scope != ActorScope.Full
            ? new Actor(id, principal.Identity!.Name!, false, scope) { Address = FindAddress(principal) }
            : Actor.Anonymous with { Address = FindAddress(principal) };
}
