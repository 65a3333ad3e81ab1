using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Repositories as named things.</summary>
internal static class RepositoryEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var repositories = hub.MapGroup("/repositories").WithTags("Repositories");
        repositories.MapPost("/", CreateAsync).Needs(ApiNeed.WritingAccount).WithName("CreateRepository")
            .WithSummary("Makes an empty repository").WithDescription("Files come by a commit or by a draft.");
        var one = repositories.MapGroup("/{owner}/{name}");
        one.MapGet("/", GetAsync).Needs(ApiNeed.Reader).WithName("GetRepository")
            .WithSummary("Tells about one repository").WithDescription("A name that it had before it moved leads to it too; the answer has its present name.");
        one.MapPatch("/", ChangeAsync).Needs(ApiNeed.Owner).WithName("ChangeRepository")
            .WithSummary("Changes who sees it, its name or its owner").WithDescription("The old name leads to the repository until somebody takes it.");
        one.MapDelete("/", TrashAsync).Needs(ApiNeed.Owner).WithName("TrashRepository")
            .WithSummary("Moves it to the trash").WithDescription("Its owners find it there and can restore it.");
        one.MapPost("/forks", ForkAsync).Needs(ApiNeed.ReaderWithAccount).WithName("ForkRepository")
            .WithSummary("Copies it under another owner").WithDescription("The fork has the same commits and a line of its own from then on.");
        one.MapPut("/like", LikeAsync).Needs(ApiNeed.ReaderWithAccount).WithName("LikeRepository")
            .WithSummary("Likes it").WithDescription("Liking twice is liking once.");
        one.MapDelete("/like", UnlikeAsync).Needs(ApiNeed.ReaderWithAccount).WithName("UnlikeRepository")
            .WithSummary("Takes the like back").WithDescription("Nothing happens where there was none.");
        MapTrash(hub.MapGroup("/trash").WithTags("Trash"));
    }

    private static void MapTrash(RouteGroupBuilder trash)
    {
        trash.MapGet("/", ListTrashAsync).Needs(ApiNeed.Account).WithName("ListTrash")
            .WithSummary("Lists what lies in your trash").WithDescription("And in that of organisations that you own, newest first.");
        trash.MapPost("/{owner}/{name}/restore", RestoreAsync).Needs(ApiNeed.Owner).WithName("RestoreRepository")
            .WithSummary("Takes a repository out of the trash").WithDescription("It is whole again, with its likes and its history.");
        trash.MapDelete("/{owner}/{name}", PurgeAsync).Needs(ApiNeed.Owner).WithName("PurgeRepository")
            .WithSummary("Deletes a repository in the trash for good").WithDescription("There is no way back.");
    }

    private static async Task<Created<HubRepository>> CreateAsync(
        Caller caller, HubNewRepository repository, RepositoryCatalog catalog, CancellationToken cancel)
    {
        var name = RepositoryName.Parse(repository.Name);
        var made = await catalog.CreateAsync(caller, new NewRepository(name, repository.Kind.Stored(), repository.Visibility.Stored()), cancel);
        return Created(made);
    }

    private static async Task<Ok<HubRepository>> GetAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel) =>
        TypedResults.Ok((await catalog.GetAsync(caller, path.Name, cancel)).Record());

    private static async Task<Ok<HubRepository>> ChangeAsync(
        Caller caller, [AsParameters] RepositoryPath path, HubRepositoryChange change, RepositoryCatalog catalog, CancellationToken cancel)
    {
        // The move comes first: it is what can fail, and then nothing has changed.
        RepositoryView? view = null;
        var name = path.Name;
        if (change.Name is not null)
        {
            view = await catalog.MoveAsync(caller, name, RepositoryName.Parse(change.Name), cancel);
            name = view.Name;
        }

        if (change.Visibility is { } visibility)
            view = await catalog.SetVisibilityAsync(caller, name, visibility.Stored(), cancel);
        return TypedResults.Ok((view ?? await catalog.GetAsync(caller, name, cancel)).Record());
    }

    private static async Task<Ok<HubRepository>> TrashAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel) =>
        TypedResults.Ok((await catalog.TrashAsync(caller, path.Name, cancel)).Record());

    private static async Task<Created<HubRepository>> ForkAsync(
        Caller caller, [AsParameters] RepositoryPath path, HubForkRequest fork, RepositoryFork forks, CancellationToken cancel) =>
        Created(await forks.ForkAsync(caller, path.Name, RepositoryName.Parse(fork.Name), cancel));

    private static async Task<Ok<HubRepository>> LikeAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel)
    {
        await catalog.SetLikeAsync(caller, path.Name, liked: true, cancel);
        return await GetAsync(caller, path, catalog, cancel);
    }

    private static async Task<Ok<HubRepository>> UnlikeAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel)
    {
        await catalog.SetLikeAsync(caller, path.Name, liked: false, cancel);
        return await GetAsync(caller, path, catalog, cancel);
    }

    private static async Task<Ok<IReadOnlyList<HubRepository>>> ListTrashAsync(Caller caller, RepositoryCatalog catalog, CancellationToken cancel)
    {
        caller.RequireSignIn("see the trash");
        return TypedResults.Ok<IReadOnlyList<HubRepository>>([.. (await catalog.ListTrashAsync(caller, cancel)).Select(HubRecords.Record)]);
    }

    private static async Task<Ok<HubRepository>> RestoreAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel) =>
        TypedResults.Ok((await catalog.RestoreAsync(caller, path.Name, cancel)).Record());

    private static async Task<NoContent> PurgeAsync(
        Caller caller, [AsParameters] RepositoryPath path, RepositoryCatalog catalog, CancellationToken cancel)
    {
        await catalog.PurgeAsync(caller, path.Name, cancel);
        return TypedResults.NoContent();
    }

    private static Created<HubRepository> Created(RepositoryView made) => TypedResults.Created($"{HubApi.Root}/repositories/{made.Name}", made.Record());
}
