using AdapterHub.Catalog;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Api.Hub;

/// <summary>What can be said of a revision from its bytes.</summary>
internal static class InspectionEndpoints
{
    /// <summary>An SVG of the hub's own making, which the hub shows as a picture only; opened by itself it may have its own styles and nothing else.</summary>
    private const string PictureRules = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    public static void Map(RouteGroupBuilder hub)
    {
        var one = hub.MapGroup("/repositories/{owner}/{name}").WithTags("Inspection");
        one.MapGet("/tensors/{revision}/{**path}", GetTensorsAsync).Needs(ApiNeed.Reader).WithName("GetTensors")
            .WithSummary("Lists the tensors of a safetensors file").WithDescription("From its header; nothing is downloaded.");
        one.MapGet("/anatomy", GetAnatomyAsync).Needs(ApiNeed.Reader).WithName("GetAnatomy")
            .WithSummary("Tells what an adapter changes, module by module").WithDescription("Norms and ranks of dW = s B A, exact from the factors.");
        one.MapGet("/thumbnail", GetThumbnailAsync).Needs(ApiNeed.Reader).WithName("GetThumbnail").DisableRateLimiting()
            .WithSummary("Shows the repository's picture").WithDescription("An SVG: an adapter's heat map, otherwise shapes drawn from its digest. With the query v, which the pages change with the picture, it may be kept.")
            .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml");
        one.MapGet("/rows", GetRowsAsync).Needs(ApiNeed.Reader).WithName("GetRows")
            .WithSummary("Shows the first rows of a dataset's file").WithDescription("Without a path, of the first file that can be shown.");
        one.MapGet("/lineage", GetLineageAsync).Needs(ApiNeed.Reader).WithName("GetLineage")
            .WithSummary("Tells where a repository comes from and what came of it").WithDescription("What you may not see is left out.");
        one.MapGet("/report", GetReportAsync).Needs(ApiNeed.Reader).WithName("GetReport")
            .WithSummary("Tells what the checks say of a revision").WithDescription("Findings, and how an adapter covers its base.");
        hub.MapGet(DraftEndpoints.Route + "/{draft}/report", GetDraftReportAsync).Needs(ApiNeed.DraftOwner).WithTags("Drafts").WithName("GetDraftReport")
            .WithSummary("Tells what publishing a draft as it is now would give").WithDescription("Every finding at once, and the card as it would be published.");
    }

    private static async Task<Ok<HubTensors>> GetTensorsAsync(
        Caller caller, [AsParameters] RepositoryPath repository, string revision, string path, RevisionInspections inspections, CancellationToken cancel)
    {
        path = RepositoryPath.Decoded(path);
        var listing = await inspections.GetListingAsync(caller, repository.Name, RepositoryPath.Decoded(revision), path, cancel)
            ?? throw new CatalogException(CatalogFault.Invalid, $"{path} is no safetensors file that can be read.");
        return TypedResults.Ok(listing.Record());
    }

    private static async Task<Ok<HubAnatomy>> GetAnatomyAsync(
        Caller caller, [AsParameters] RepositoryPath repository, RevisionInspections inspections, CancellationToken cancel, string? revision = null) =>
        TypedResults.Ok((await inspections.GetAnatomyAsync(caller, repository.Name, revision, cancel)
            ?? throw CatalogException.NotFound($"An adapter in PEFT's form in {repository.Name}")).Record());

    private static async Task<IResult> GetThumbnailAsync(
        Caller caller, [AsParameters] RepositoryPath repository, HttpResponse response, RepositoryCatalog repositories, RevisionInspections inspections, CancellationToken cancel, string? v = null)
    {
        var id = await repositories.RequireAsync(caller, repository.Name, Catalog.Database.AccessRole.Reader, "read", cancel);
        var picture = await inspections.GetThumbnailAsync(caller, id, cancel);
        response.Headers.ContentSecurityPolicy = PictureRules;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Authorization, Cookie";
        response.Headers.CacheControl = v is null or "" or "0" ? "private, no-cache" : "private, max-age=86400";
        return TypedResults.Bytes(System.Text.Encoding.UTF8.GetBytes(picture.Svg), "image/svg+xml", entityTag: new EntityTagHeaderValue($"\"{picture.Version}\""));
    }

    private static async Task<Ok<HubRows>> GetRowsAsync(Caller caller, [AsParameters] RepositoryPath repository, RevisionInspections inspections, CancellationToken cancel,
        string? revision = null, string? path = null, int limit = 20) =>
        TypedResults.Ok((await inspections.GetDatasetPreviewAsync(caller, repository.Name, revision, path, limit, cancel)).Record());

    private static async Task<Ok<HubLineage>> GetLineageAsync(Caller caller, [AsParameters] RepositoryPath repository, LineageReader lineage, CancellationToken cancel) =>
        TypedResults.Ok((await lineage.GetAsync(caller, repository.Name, cancel)).Record());

    private static async Task<Ok<HubReport>> GetReportAsync(
        Caller caller, [AsParameters] RepositoryPath repository, RevisionInspections inspections, CancellationToken cancel, string? revision = null) =>
        TypedResults.Ok((await inspections.GetReportAsync(caller, repository.Name, revision, cancel)).Record());

    private static async Task<Ok<HubReport>> GetDraftReportAsync(Caller caller, string draft, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok((await desk.GetReportAsync(caller, draft, cancel)).Record());
}
