using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>People and organisations.</summary>
internal static class OwnerEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var owners = hub.MapGroup("/owners").WithTags("People and organisations");
        owners.MapGet("/{owner}", GetAsync).Needs(ApiNeed.Nothing).WithName("GetOwner")
            .WithSummary("Tells a person or an organisation as others see it").WithDescription("Their repositories are found by a search with owner=NAME.");
        owners.MapGet("/{owner}/storage", GetStorageAsync).Needs(ApiNeed.OwnName).WithName("GetStorage")
            .WithSummary("Tells how much an owner stores and may store").WithDescription("For the owner, its members and administrators.");
        hub.MapGet("/people", SuggestAsync).Needs(ApiNeed.Account).WithTags("People and organisations").WithName("SuggestPeople")
            .WithSummary("Suggests people by the beginning of their name").WithDescription("For choosing members and collaborators; at most ten.");
        var organizations = hub.MapGroup("/organizations").WithTags("People and organisations");
        organizations.MapGet("/", ListAsync).Needs(ApiNeed.Account).WithName("ListOrganizations")
            .WithSummary("Lists the organisations that you are a member of").WithDescription("By name.");
        organizations.MapPost("/", CreateAsync).Needs(ApiNeed.WritingAccount).WithName("CreateOrganization")
            .WithSummary("Founds an organisation").WithDescription("You become its owner.");
        var one = organizations.MapGroup("/{organization}");
        one.MapGet("/", GetOrganizationAsync).Needs(ApiNeed.Member).WithName("GetOrganization")
            .WithSummary("Tells an organisation with its members").WithDescription("For its members.");
        one.MapPut("/profile", SetProfileAsync).Needs(ApiNeed.OrganizationOwner).WithName("SetOrganizationProfile")
            .WithSummary("Changes what others read about an organisation").WithDescription("What is absent becomes empty.");
        one.MapPut("/members/{user}", SetMemberAsync).Needs(ApiNeed.OrganizationOwner).WithName("SetMember")
            .WithSummary("Adds a member or changes a member's role").WithDescription("The role holds for every repository of the organisation.");
        one.MapDelete("/members/{user}", RemoveMemberAsync).Needs(ApiNeed.OrganizationOwner).WithName("RemoveMember")
            .WithSummary("Takes a member out").WithDescription("Everybody may leave, but for the last owner.");
        one.MapDelete("/", DeleteAsync).Needs(ApiNeed.OrganizationOwner).WithName("DissolveOrganization")
            .WithSummary("Dissolves an organisation without repositories").WithDescription("Its name stays taken.");
    }

    private static async Task<Ok<HubOwner>> GetAsync(Caller caller, string owner, OwnerDirectory directory, CancellationToken cancel) =>
        TypedResults.Ok((await directory.FindAsync(caller, owner, cancel) ?? throw CatalogException.NotFound($"The owner {owner}")).Record());

    private static async Task<Ok<HubStorage>> GetStorageAsync(Caller caller, string owner, Quotas quotas, CancellationToken cancel)
    {
        caller.RequireSignIn("see the storage of an owner");
        return TypedResults.Ok((await quotas.GetAsync(caller, owner, cancel)).Record());
    }

    private static async Task<Ok<IReadOnlyList<HubOwnerName>>> SuggestAsync(Caller caller, OwnerDirectory directory, CancellationToken cancel, string? q = null)
    {
        caller.RequireSignIn("look for people");
        return TypedResults.Ok<IReadOnlyList<HubOwnerName>>([.. (await directory.SuggestPeopleAsync(caller, q ?? "", cancel)).Select(PeopleRecords.Record)]);
    }

    private static async Task<Ok<IReadOnlyList<HubOrganizationSummary>>> ListAsync(Caller caller, Organizations organizations, CancellationToken cancel)
    {
        caller.RequireSignIn("see your organisations");
        return TypedResults.Ok<IReadOnlyList<HubOrganizationSummary>>([.. (await organizations.ListAsync(caller, cancel))
            .Select(one => new HubOrganizationSummary(one.Name, HubRecords.Record(one.Role), one.Members, one.DisplayName))]);
    }

    private static async Task<Created<HubOrganization>> CreateAsync(Caller caller, HubNewOrganization organization, Organizations organizations, CancellationToken cancel)
    {
        var made = (await organizations.CreateAsync(caller, organization.Name, organization.DisplayName, cancel)).Record();
        return TypedResults.Created($"{HubApi.Root}/organizations/{made.Name}", made);
    }

    private static async Task<Ok<HubOrganization>> GetOrganizationAsync(Caller caller, string organization, Organizations organizations, CancellationToken cancel) =>
        TypedResults.Ok((await organizations.GetAsync(caller, organization, cancel)).Record());

    private static async Task<NoContent> SetProfileAsync(Caller caller, string organization, HubProfileChange change, Organizations organizations, CancellationToken cancel)
    {
        await organizations.UpdateProfileAsync(caller, organization, change.DisplayName, change.About, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetMemberAsync(
        Caller caller, string organization, string user, HubRoleChange change, Organizations organizations, CancellationToken cancel)
    {
        await organizations.SetMemberAsync(caller, organization, user, change.Role.Stored(), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveMemberAsync(Caller caller, string organization, string user, Organizations organizations, CancellationToken cancel)
    {
        await organizations.RemoveMemberAsync(caller, organization, user, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(Caller caller, string organization, Organizations organizations, CancellationToken cancel)
    {
        await organizations.DeleteAsync(caller, organization, cancel);
        return TypedResults.NoContent();
    }
}
