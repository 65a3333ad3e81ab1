using System.Text.Encodings.Web;
using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// Programs: who bears the API token of the Authorization header. A token of ours that is not in force fails the request; one of another hub,
/// which Hugging Face's clients send along when they have one, counts as none.
/// </summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenAuthentication tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "bearer";
    private const string Prefix = "Bearer ";

    /// <summary>Whether the request brings credentials of its own, so that cookies do not count.</summary>
    public static bool HasHeader(HttpRequest request) => request.Headers.ContainsKey(HeaderNames.Authorization);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = header[Prefix.Length..].Trim();
        if (!token.StartsWith(TokenAuthentication.Prefix, StringComparison.Ordinal))
            return AuthenticateResult.NoResult();
        var actor = await tokens.FindAsync(token, ClientAddress.Of(Context), Context.RequestAborted);
        if (actor is null)
            return AuthenticateResult.Fail("The API token is not in force.");
        // Kept beside the principal: its claims leave out what a token does not open in pages.
        Context.Features.Set(actor);
        return AuthenticateResult.Success(new AuthenticationTicket(HubPrincipal.Of(actor, null, SchemeName), SchemeName));
    }
}
