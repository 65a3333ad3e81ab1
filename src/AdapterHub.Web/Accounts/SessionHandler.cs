using System.Text.Encodings.Web;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AdapterHub.Web.Accounts;

/// <summary>Browsers: who holds the session of the cookie. Whoever has to sign in is led to the page for it and back.</summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Sessions sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { } key)
            return AuthenticateResult.NoResult();
        var actor = await sessions.FindAsync(key, ClientAddress.Of(Context), Context.RequestAborted);
        return actor is null ? AuthenticateResult.NoResult()
            : AuthenticateResult.Success(new AuthenticationTicket(HubPrincipal.Of(actor, key, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (PageRequest.Is(Context))
            Response.Redirect(Addresses.SignInFor(PageRequest.ReturnPath(Context)));
        else
            Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
