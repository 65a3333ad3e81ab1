using System.Net;
using AdapterHub.Web.Components;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.HttpOverrides;

namespace AdapterHub.Web.Accounts;

/// <summary>Who is who: sessions of browsers, API tokens of programs, and the actor of each request, for the composition root.</summary>
internal static class HubAccounts
{
    /// <summary>The Authorization header where there is one, else the cookie: never both.</summary>
    private const string EitherScheme = "hub";

    public static IServiceCollection AddHubAccounts(this IServiceCollection services)
    {
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, policy => policy.ForwardDefaultSelector =
                context => WorkerHandler.IsFor(context.Request) ? WorkerHandler.SchemeName
                    : BearerHandler.HasHeader(context.Request) ? BearerHandler.SchemeName : SessionHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, WorkerHandler>(WorkerHandler.SchemeName, null);
        services.AddAuthorization();
        services.AddSingleton<AttemptLimits>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<LastingCaller>();
        services.AddScoped<AuthenticationStateProvider, CircuitIdentity>();
        services.AddScoped<ActorAccessor>();
        return services;
    }

    /// <summary>First in the pipeline: with a proxy in front, the reader's address and scheme are those that the proxy tells.</summary>
    public static void UseProxies(this WebApplication application, HubOptions options)
    {
        if (options.Hosts.Count == 0 && options.Proxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        foreach (var proxy in options.Proxies)
        {
            if (proxy.Contains('/', StringComparison.Ordinal))
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            else
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        }

        application.UseForwardedHeaders(forwarded);
    }

    public static void UseHubAccounts(this WebApplication application)
    {
        application.UseAuthentication();
        application.UseMiddleware<ActorMiddleware>();
        application.UseAuthorization();
    }

    public static void MapHubAccounts(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(Addresses.SignOut, async (HttpContext context, IAntiforgery antiforgery, BrowserSessions browsers) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return Results.StatusCode(StatusCodes.Status400BadRequest);
            await browsers.SignOutAsync(context);
            return Results.LocalRedirect(Addresses.Home);
        }).ExcludeFromDescription();
}
