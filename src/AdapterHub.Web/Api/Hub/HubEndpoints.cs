using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Web.Api.Hub;

/// <summary>The hub itself.</summary>
internal static class HubEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var group = hub.MapGroup("").WithTags("Hub");
        group.MapGet("/about", AboutAsync).Needs(ApiNeed.Nothing).AllowAnonymous().WithName("About")
            .WithSummary("Tells the hub's name, version and limits").WithDescription("Clients ask it to see whether an address is a hub.");
        group.MapGet("/health", HealthAsync).Needs(ApiNeed.Nothing).AllowAnonymous().WithName("Health").DisableRateLimiting()
            .WithSummary("Says that the hub can serve").WithDescription("200 when the database answers; for supervisors and proxies.");
        group.MapGet("/whoami", WhoAmIAsync).Needs(ApiNeed.Account).WithName("WhoAmI")
            .WithSummary("Tells whose sign-in or token this is").WithDescription("With the names under which the account may publish.");
    }

    private static async Task<Ok<HubAbout>> AboutAsync(HubSettingsStore settings, CancellationToken cancel)
    {
        var current = await settings.GetAsync(cancel);
        return TypedResults.Ok(new HubAbout(current.Name, ProgramVersion.Text, current.MaximumFileBytes, current.AnonymousReading, PeopleRecords.Record(current.Registration)));
    }

    private static async Task<NoContent> HealthAsync(IDbContextFactory<CatalogContext> contexts, HttpResponse response, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.Database.ExecuteSqlAsync($"SELECT 1", cancel);
        response.Headers.CacheControl = "no-store";
        return TypedResults.NoContent();
    }

    private static async Task<Ok<HubIdentity>> WhoAmIAsync(Caller caller, OwnerDirectory owners, CancellationToken cancel)
    {
        caller.RequireSignIn("be known");
        var writable = caller.Actor.CanWrite ? await owners.ListWritableAsync(caller, cancel) : [];
        return TypedResults.Ok(new HubIdentity(
            caller.Actor.Name, PeopleRecords.Record(caller.Actor.Scope), caller.Actor.IsAdministrator, [.. writable.Select(PeopleRecords.Record)]));
    }
}
