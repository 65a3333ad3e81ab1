using System.Text.Encodings.Web;
using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// Workers, below their own addresses and nowhere else. A worker is nobody to the rest of the hub: there is no principal of it, only a feature of
/// the request that its endpoints look for. No other credentials count there.
/// </summary>
internal sealed class WorkerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, WorkerRegistry workers)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "worker";
    private const string Bearer = "Bearer ";

    public static bool IsFor(HttpRequest request) => request.Path.StartsWithSegments(Api.Workers.WorkerEndpoints.Root, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await workers.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted) is not { } worker)
            return AuthenticateResult.Fail("The worker token is not in force.");
        Context.Features.Set(worker);
        return AuthenticateResult.NoResult();
    }
}
