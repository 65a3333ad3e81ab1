using System.Text.Encodings.Web;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Hubs;
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
    public static bool HasHeader(HttpRequest request) => request.Headers.ContainsKey(HeaderNames.Authorization) || FindSocketToken(request) is not null;

    /// <summary>A browser cannot send headers with a WebSocket, so SignalR's clients put the token into the address.</summary>
    private static string? FindSocketToken(HttpRequest request) =>
        request.Path.StartsWithSegments(RunHub.Path, StringComparison.Ordinal) && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : FindSocketToken(Request);
        if (token is null)
            return AuthenticateResult.NoResult();
        if (token.StartsWith(WorkerRegistry.Prefix, StringComparison.Ordinal))
            return AuthenticateResult.Fail("A worker's token is for the work of a worker and for nothing else.");
        if (!token.StartsWith(TokenAuthentication.Prefix, StringComparison.Ordinal))
            return AuthenticateResult.NoResult();
        var actor = await tokens.FindAsync(token, ClientAddress.Of(Context), Context.RequestAborted);
        if (actor is null)
            return AuthenticateResult.Fail("The API token is not in force.");
        // Kept beside the principal: its claims leave out what a token does not open in pages.
        Context.Features.Set(actor);
        return AuthenticateResult.Success(new AuthenticationTicket(HubPrincipal.Of(actor, null, SchemeName, token), SchemeName));
    }
}
