using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Who may use one repository, beside its owner.</summary>
internal static class CollaboratorEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var people = hub.MapGroup("/repositories/{owner}/{name}/collaborators").WithTags("Repositories");
        people.MapGet("/", ListAsync).Needs(ApiNeed.Owner).WithName("ListCollaborators")
            .WithSummary("Lists the people with a role in the repository").WithDescription("Without those who have one by its owner or an organisation.");
        people.MapPut("/{user}", SetAsync).Needs(ApiNeed.Owner).WithName("SetCollaborator")
            .WithSummary("Gives a person a role in the repository").WithDescription("A role that the person had already is replaced.");
        people.MapDelete("/{user}", RemoveAsync).Needs(ApiNeed.Owner).WithName("RemoveCollaborator")
            .WithSummary("Takes a person's role away").WithDescription("A private repository is then as if it did not exist for that person.");
    }

    private static async Task<Ok<IReadOnlyList<HubCollaborator>>> ListAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<HubCollaborator>>([.. (await catalog.ListCollaboratorsAsync(caller, path.Name, cancel))
            .Select(one => new HubCollaborator(one.UserName, HubRecords.Record(one.Role)))]);

    private static async Task<NoContent> SetAsync(
        Caller caller, [AsParameters] RepositoryPath path, string user, HubRoleChange change, RepositoryCatalog catalog, CancellationToken cancel)
    {
        await catalog.SetCollaboratorAsync(caller, path.Name, user, change.Role.Stored(), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveAsync(
        Caller caller, [AsParameters] RepositoryPath path, string user, RepositoryCatalog catalog, CancellationToken cancel)
    {
        await catalog.SetCollaboratorAsync(caller, path.Name, user, AccessRole.None, cancel);
        return TypedResults.NoContent();
    }
}
