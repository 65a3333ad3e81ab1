using AdapterHub.Catalog;
using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>
/// Bytes of files. They come from people, so a browser must never take them for a page of the hub: they are attachments of no type, in a
/// sandbox. Only raster images, known by their first bytes, are shown in place.
/// </summary>
internal static class FileEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(RouteGroupBuilder hub)
    {
        var one = hub.MapGroup("/repositories/{owner}/{name}").WithTags("Files");
        one.MapMethods("/files/{revision}/{**path}", GetAndHead, GetAsync).Needs(ApiNeed.Reader).WithName("GetFile")
            .WithSummary("Sends a file of a revision").WithDescription("Ranges, If-None-Match and If-Range work; the ETag is the file's SHA-256.");
        one.MapMethods("/blobs/{digest}", GetAndHead, GetBlobAsync).Needs(ApiNeed.Reader).WithName("GetBlob")
            .WithSummary("Sends a file by its SHA-256").WithDescription("If any revision of the repository has it.");
        one.MapMethods("/images/{revision}/{**path}", GetAndHead, GetImageAsync).Needs(ApiNeed.Reader).WithName("GetImage")
            .WithSummary("Shows a picture of a revision").WithDescription("PNG, JPEG, WebP and GIF, known by their first bytes; anything else is not found.");
    }

    private static async Task<PhysicalFileHttpResult> GetAsync(
        Caller caller, [AsParameters] RepositoryPath repository, string revision, string path, HttpContext context, FileSender sender, RevisionReader revisions, CancellationToken cancel)
    {
        revision = RepositoryPath.Decoded(revision);
        var file = await revisions.GetFileAsync(caller, repository.Name, revision, RepositoryPath.Decoded(path), cancel);
        return await sender.SendAsync(context, file, ReferenceNames.IsCommitId(revision), cancel);
    }

    private static async Task<PhysicalFileHttpResult> GetBlobAsync(
        Caller caller, [AsParameters] RepositoryPath repository, string digest, HttpContext context, FileSender sender, RevisionReader revisions, CancellationToken cancel)
    {
        var file = await revisions.GetBlobAsync(caller, repository.Name, digest, cancel);
        return await sender.SendAsync(context, file, isImmutable: true, cancel);
    }

    private static async Task<PhysicalFileHttpResult> GetImageAsync(
        Caller caller, [AsParameters] RepositoryPath repository, string revision, string path, HttpContext context, FileSender sender, RevisionReader revisions, CancellationToken cancel)
    {
        revision = RepositoryPath.Decoded(revision);
        path = RepositoryPath.Decoded(path);
        var file = await revisions.GetFileAsync(caller, repository.Name, revision, path, cancel);
        return await sender.ShowAsync(context, file, ReferenceNames.IsCommitId(revision), cancel)
            ?? throw CatalogException.NotFound($"A picture {path} in {repository.Name} at {revision}");
    }
}
