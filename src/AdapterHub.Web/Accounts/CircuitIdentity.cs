using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace AdapterHub.Web.Accounts;

/// <summary>Asks every half minute whether the session of an open page still stands; when it does not, the page becomes a stranger's.</summary>
internal sealed class CircuitIdentity(ILoggerFactory logger, Sessions sessions) : RevalidatingServerAuthenticationStateProvider(logger)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var principal = authenticationState.User;
        return HubPrincipal.FindSessionKey(principal) is not { } key
            || await sessions.FindAsync(key, HubPrincipal.FindAddress(principal), cancellationToken) is { } actor
                && actor.IsAdministrator == principal.IsInRole(Components.Layout.AccountMenu.AdministratorRole);
    }
}
