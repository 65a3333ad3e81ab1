using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Api;
using AdapterHub.Web.Components;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AdapterHub.Web.Accounts;

/// <summary>
/// After authentication: puts the <see cref="Actor"/> of the request where endpoints find it, refuses tokens that are not in force, and, on a
/// hub that is for its members only, everybody who is not signed in.
/// </summary>
internal sealed class ActorMiddleware(RequestDelegate next, AttemptLimits limits, HubSettingsStore settings, Sessions sessions)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // Found before; the handlers remember their answer.
        if ((await context.AuthenticateAsync()).Failure is { } failure)
        {
            await RefuseTokenAsync(context, failure);
            return;
        }

        if (context.Features.Get<Actor>() is null)
            context.Features.Set(await FindAsync(context));
        if (context.GetActor().IsSignedIn || IsForStrangers(context) || (await settings.GetAsync(context.RequestAborted)).AnonymousReading)
            await next(context);
        else
            await context.ChallengeAsync(SessionHandler.SchemeName);
    }

    private async Task<Actor> FindAsync(HttpContext context)
    {
        var address = ClientAddress.Of(context);
        var key = HubPrincipal.FindSessionKey(context.User);
        return (key is null ? null : await sessions.FindAsync(key, address, context.RequestAborted)) ?? Actor.Anonymous with { Address = address };
    }

    private async Task RefuseTokenAsync(HttpContext context, Exception failure)
    {
        if (limits.TakeToken(context) is { } wait)
        {
            AttemptLimits.Refuse(context, wait);
            await ApiProblem.WriteAsync(context, ApiProblem.Of(StatusCodes.Status429TooManyRequests, AttemptLimits.Text(wait)));
            return;
        }

        await ApiProblem.WriteAsync(context, ApiProblem.Of(StatusCodes.Status401Unauthorized,
            $"{failure.Message} It was revoked, has expired or is mistyped, or its account is disabled. Make a new one at {Addresses.Tokens}."));
    }

    /// <summary>Pages to sign in with, what they are made of, errors, and whether the hub is alive.</summary>
    private static bool IsForStrangers(HttpContext context) => context.GetEndpoint() is { } endpoint
        && (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is not null);
}

internal static class RequestActor
{
    /// <summary>Who makes the request.</summary>
    public static Actor GetActor(this HttpContext context) =>
        context.Features.Get<Actor>() ?? Actor.Anonymous with { Address = ClientAddress.Of(context) };
}
