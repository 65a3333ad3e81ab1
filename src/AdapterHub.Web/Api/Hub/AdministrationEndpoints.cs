using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>What administrators do.</summary>
internal static class AdministrationEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var admin = hub.MapGroup("/admin").WithTags("Administration");
        MapUsers(admin);
        admin.MapGet("/invitations", ListInvitationsAsync).Needs(ApiNeed.Administrator).WithName("ListInvitations")
            .WithSummary("Lists invitations and password links").WithDescription("Newest first, those used and expired too.");
        admin.MapPost("/invitations", InviteAsync).Needs(ApiNeed.Administrator).WithName("Invite")
            .WithSummary("Makes an invitation, or a link for a new password").WithDescription("The answer shows its key this once.");
        admin.MapDelete("/invitations/{id:long}", RevokeInvitationAsync).Needs(ApiNeed.Administrator).WithName("RevokeInvitation")
            .WithSummary("Takes an unused invitation back").WithDescription("Its link stops working at once.");
        admin.MapGet("/settings", GetSettingsAsync).Needs(ApiNeed.Administrator).WithName("GetSettings")
            .WithSummary("Tells the hub's settings").WithDescription("Those that can be changed while it runs.");
        admin.MapPut("/settings", SetSettingsAsync).Needs(ApiNeed.Administrator).WithName("SetSettings")
            .WithSummary("Changes the hub's settings").WithDescription("All of them at once.");
        admin.MapGet("/audit", AuditAsync).Needs(ApiNeed.Administrator).WithName("ListAudit")
            .WithSummary("Lists who did what").WithDescription("Newest first, by pages.");
        admin.MapPost("/collect", CollectAsync).Needs(ApiNeed.Administrator).WithName("CollectOrphans")
            .WithSummary("Takes away bytes that nothing refers to").WithDescription("The hub does it by itself from time to time.");
        admin.MapPost("/check", CheckAsync).Needs(ApiNeed.Administrator).WithName("CheckCatalogue")
            .WithSummary("Checks that everything in the catalogue is whole").WithDescription("With bytes=true every blob is read and hashed, which takes its time.");
    }

    private static void MapUsers(RouteGroupBuilder admin)
    {
        admin.MapGet("/users", ListUsersAsync).Needs(ApiNeed.Administrator).WithName("ListUsers")
            .WithSummary("Lists accounts").WithDescription("By name, by pages counted from 1.");
        admin.MapPatch("/users/{user}", ChangeUserAsync).Needs(ApiNeed.Administrator).WithName("ChangeUser")
            .WithSummary("Shuts, opens or unlocks an account, makes or unmakes an administrator").WithDescription("Never the last administrator's.");
        admin.MapPut("/owners/{owner}/quota", SetQuotaAsync).Needs(ApiNeed.Administrator).WithName("SetQuota")
            .WithSummary("Sets how much an owner may store").WithDescription("Without a limit the hub's default holds again.");
    }

    private static async Task<Ok<HubUserPage>> ListUsersAsync(
        Caller caller, Administration administration, CancellationToken cancel, string? q = null, string? filter = null, int page = 1, int limit = 25)
    {
        var asked = filter is null or "" ? UserFilter.All : Enum.TryParse<UserFilter>(filter, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
            : throw new CatalogException(CatalogFault.Invalid, $"filter is all, administrators or disabled; it is \"{filter}\".");
        var users = await administration.ListUsersAsync(caller, new UserQuery { Text = q, Filter = asked, Page = page, PageSize = limit }, cancel);
        return TypedResults.Ok(new HubUserPage([.. users.Users.Select(PeopleRecords.Record)], users.Total));
    }

    private static async Task<NoContent> ChangeUserAsync(Caller caller, string user, HubUserChange change, Administration administration, CancellationToken cancel)
    {
        caller.Actor.RequireAdministrator("change accounts");
        if (change.Locked == true)
            throw new CatalogException(CatalogFault.Invalid, "Only wrong passwords lock an account. To shut one, set disabled.");
        if (change.Disabled is { } disabled)
            await administration.SetDisabledAsync(caller, user, disabled, cancel);
        if (change.Administrator is { } administrator)
            await administration.SetAdministratorAsync(caller, user, administrator, cancel);
        if (change.Locked == false)
            await administration.UnlockAsync(caller, user, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetQuotaAsync(Caller caller, string owner, HubQuotaChange change, Quotas quotas, CancellationToken cancel)
    {
        await quotas.SetAsync(caller, owner, change.LimitBytes, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<HubInvitation>>> ListInvitationsAsync(Caller caller, Invitations invitations, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<HubInvitation>>([.. (await invitations.ListAsync(caller, cancel)).Select(PeopleRecords.Record)]);

    private static async Task<Created<HubIssuedInvitation>> InviteAsync(
        Caller caller, HubNewInvitation invitation, HttpResponse response, Invitations invitations, CancellationToken cancel)
    {
        var life = TimeSpan.FromDays(invitation.Days);
        var made = invitation.ForUser is { } user
            ? await invitations.CreatePasswordLinkAsync(caller, user, life, cancel)
            : await invitations.CreateAsync(caller, invitation.Note, life, cancel);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new HubIssuedInvitation(made.Key, made.View.Record()));
    }

    private static async Task<NoContent> RevokeInvitationAsync(Caller caller, long id, Invitations invitations, CancellationToken cancel)
    {
        await invitations.RevokeAsync(caller, id, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<HubConfiguration>> GetSettingsAsync(Caller caller, HubSettingsStore settings, CancellationToken cancel)
    {
        caller.Actor.RequireAdministrator("see the hub's settings");
        return TypedResults.Ok((await settings.GetAsync(cancel)).Record());
    }

    private static async Task<Ok<HubConfiguration>> SetSettingsAsync(Caller caller, HubConfiguration change, HubSettingsStore settings, CancellationToken cancel)
    {
        await settings.UpdateAsync(caller, await settings.GetAsync(cancel) with
        {
            Name = change.Name,
            Registration = change.Registration.Stored(),
            AnonymousReading = change.AnonymousReading,
            AnyoneFoundsOrganizations = change.AnyoneFoundsOrganizations,
            DefaultQuotaBytes = change.DefaultQuotaBytes,
            MaximumFileBytes = change.MaximumFileBytes,
        }, cancel);
        return TypedResults.Ok((await settings.GetAsync(cancel)).Record());
    }

    private static async Task<Ok<HubAuditPage>> AuditAsync(Caller caller, AuditReader audit, CancellationToken cancel,
        string? user = null, string? action = null, string? subject = null, DateTimeOffset? from = null, DateTimeOffset? until = null, long? before = null, int limit = 50) =>
        TypedResults.Ok((await audit.ListAsync(
            caller, new AuditQuery { User = user, Action = action, Subject = subject, From = from, Until = until, Before = before, Take = limit }, cancel)).Record());

    private static async Task<Ok<HubCollection>> CollectAsync(Caller caller, OrphanCollector collector, CancellationToken cancel)
    {
        caller.Actor.RequireAdministrator("collect orphans");
        var report = await collector.CollectAsync(caller, cancel: cancel);
        return TypedResults.Ok(new HubCollection(report.Blobs, report.StrayFiles, report.Drafts, report.Bytes));
    }

    private static async Task<Ok<HubCheck>> CheckAsync(Caller caller, CatalogCheck check, CancellationToken cancel, bool bytes = false)
    {
        caller.Actor.RequireAdministrator("check the catalogue");
        var report = await check.RunAsync(caller, bytes, cancel);
        return TypedResults.Ok(new HubCheck(report.Commits, report.Blobs, report.Bytes, report.Problems));
    }
}
