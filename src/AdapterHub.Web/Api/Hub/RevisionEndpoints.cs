using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>What a repository held and holds: commits, branches, tags, trees.</summary>
internal static class RevisionEndpoints
{
    private const int MostCommits = 100;

    public static void Map(RouteGroupBuilder hub)
    {
        var one = hub.MapGroup("/repositories/{owner}/{name}").WithTags("Revisions");
        one.MapGet("/revisions/{revision}", GetAsync).Needs(ApiNeed.Reader).WithName("GetRevision")
            .WithSummary("Tells a revision and all of its files").WithDescription("The revision is a branch, a tag or a commit id; a slash in it is written %2F.");
        one.MapGet("/tree/{revision}", GetFolderAsync).Needs(ApiNeed.Reader).WithName("GetFolder")
            .WithSummary("Lists one folder of a revision").WithDescription("Folders first, each with the bytes below it. An empty path is the top.");
        one.MapGet("/commits", ListCommitsAsync).Needs(ApiNeed.Reader).WithName("ListCommits")
            .WithSummary("Lists a revision and its ancestors, newest first").WithDescription($"At most {MostCommits} at a time.");
        one.MapGet("/compare/{from}/{to}", CompareAsync).Needs(ApiNeed.Reader).WithName("CompareRevisions")
            .WithSummary("Lists the paths in which two revisions differ").WithDescription("Each with the file before and after.");
        var references = one.MapGroup("/references");
        references.MapGet("/", ListReferencesAsync).Needs(ApiNeed.Reader).WithName("ListReferences")
            .WithSummary("Lists branches and tags").WithDescription("Branches first, each kind by name.");
        references.MapPost("/", CreateReferenceAsync).Needs(ApiNeed.Writer).WithName("CreateReference")
            .WithSummary("Makes a branch or a tag").WithDescription("At a revision, or at the head of the default branch.");
        references.MapDelete("/{kind}/{reference}", DeleteReferenceAsync).Needs(ApiNeed.Writer).WithName("DeleteReference")
            .WithSummary("Removes a branch or a tag").WithDescription("The kind is branch or tag. Commits stay. The default branch cannot be removed.");
    }

    private static async Task<Ok<HubRevision>> GetAsync(
        Caller caller, [AsParameters] RepositoryPath path, string revision, RevisionReader revisions, CancellationToken cancel) =>
        TypedResults.Ok((await revisions.GetRevisionAsync(caller, path.Name, RepositoryPath.Decoded(revision), cancel)).Record());

    private static async Task<Ok<HubFolder>> GetFolderAsync(
        Caller caller, [AsParameters] RepositoryPath path, string revision, RevisionReader revisions, CancellationToken cancel, string folder = "")
    {
        var found = await revisions.GetRevisionAsync(caller, path.Name, RepositoryPath.Decoded(revision), cancel);
        return TypedResults.Ok(RevisionFolders.Find(found, folder)
            ?? throw CatalogException.NotFound($"The folder {folder} in {path.Name} at {RepositoryPath.Decoded(revision)}"));
    }

    private static async Task<Ok<IReadOnlyList<HubCommit>>> ListCommitsAsync(Caller caller, [AsParameters] RepositoryPath path,
        RevisionReader revisions, CancellationToken cancel, string? revision = null, int skip = 0, int limit = 20)
    {
        if (skip < 0 || limit is < 1 or > MostCommits)
            throw new CatalogException(CatalogFault.Invalid, $"skip is 0 or more and limit 1 to {MostCommits}; they are {skip} and {limit}.");
        var commits = await revisions.ListCommitsAsync(caller, path.Name, revision, skip, limit, cancel);
        return TypedResults.Ok<IReadOnlyList<HubCommit>>([.. commits.Select(HubRecords.Record)]);
    }

    private static async Task<Ok<IReadOnlyList<HubDifference>>> CompareAsync(
        Caller caller, [AsParameters] RepositoryPath path, string from, string to, RevisionReader revisions, CancellationToken cancel)
    {
        var differences = await revisions.CompareAsync(caller, path.Name, RepositoryPath.Decoded(from), RepositoryPath.Decoded(to), cancel);
        return TypedResults.Ok<IReadOnlyList<HubDifference>>([.. differences.Select(HubRecords.Record)]);
    }

    private static async Task<Ok<IReadOnlyList<HubReference>>> ListReferencesAsync(
        Caller caller, [AsParameters] RepositoryPath path, RevisionReader revisions, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<HubReference>>([.. (await revisions.ListReferencesAsync(caller, path.Name, cancel)).Select(HubRecords.Record)]);

    private static async Task<NoContent> CreateReferenceAsync(
        Caller caller, [AsParameters] RepositoryPath path, HubNewReference reference, RevisionReader revisions, CancellationToken cancel)
    {
        await revisions.CreateReferenceAsync(caller, path.Name, Stored(reference.Kind), reference.Name, reference.Revision, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteReferenceAsync(
        Caller caller, [AsParameters] RepositoryPath path, string kind, string reference, RevisionReader revisions, CancellationToken cancel)
    {
        var stored = kind switch
        {
            "branch" => ReferenceKind.Branch,
            "tag" => ReferenceKind.Tag,
            _ => throw new CatalogException(CatalogFault.Invalid, $"A reference is a branch or a tag, and no {kind}."),
        };
        await revisions.DeleteReferenceAsync(caller, path.Name, stored, RepositoryPath.Decoded(reference), cancel);
        return TypedResults.NoContent();
    }

    private static ReferenceKind Stored(HubReferenceKind kind) => kind == HubReferenceKind.Tag ? ReferenceKind.Tag : ReferenceKind.Branch;
}
