using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace AdapterHub.Web.Api.Hub;

/// <summary>
/// The files of a draft: announced, then sent in as many pieces as the connection takes. The way of sending is that of resumable uploads
/// (tus.io, protocol 1.0.0, core): HEAD asks for the offset, PATCH goes on from it.
/// </summary>
internal static class DraftFileEndpoints
{
    private const string OffsetHeader = "Upload-Offset";
    private const string LengthHeader = "Upload-Length";
    private const int LargestAnnouncement = 16 << 20;
    private static readonly MinDataRate Patience = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(60));

    public static void Map(RouteGroupBuilder hub)
    {
        var files = hub.MapGroup(DraftEndpoints.Route + "/{draft}/files").WithTags("Drafts");
        files.MapPost("/", AnnounceAsync).Needs(ApiNeed.DraftOwner).WithName("AnnounceFiles").WithMetadata(new RequestSizeLimitAttribute(LargestAnnouncement))
            .WithSummary("Says which files will come").WithDescription("Each gets an id under which its bytes are sent. Bytes that the hub holds, told by their SHA-256, need not be sent.");
        var one = files.MapGroup("/{file}");
        one.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], GetAsync).Needs(ApiNeed.DraftOwner).WithName("GetDraftFile")
            .WithSummary("Tells how far a file is").WithDescription($"The headers {OffsetHeader} and {LengthHeader} tell it too.");
        one.MapPatch("/", AppendAsync).Needs(ApiNeed.DraftOwner).WithName("SendFile").WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithSummary("Sends bytes of a file").WithDescription($"From the offset in the header {OffsetHeader} or in the query on. What arrives before a connection breaks stays. "
                + $"Another offset is a conflict, and the answer's header {OffsetHeader} tells the right one.")
            .Accepts<byte[]>("application/octet-stream", "application/offset+octet-stream");
        one.MapDelete("/", RemoveAsync).Needs(ApiNeed.DraftOwner).WithName("RemoveDraftFile")
            .WithSummary("Removes a file from a draft").WithDescription("With what has arrived of it.");
        one.MapPut("/path", RenameAsync).Needs(ApiNeed.DraftOwner).WithName("RenameDraftFile")
            .WithSummary("Gives a file of a draft another path").WithDescription("Its bytes stay.");
        one.MapPost("/unpack", UnpackAsync).Needs(ApiNeed.DraftOwner).WithName("UnpackDraftFile")
            .WithSummary("Puts the files of a zip archive in its place").WithDescription("All of it is checked first; either every file comes or none.");
    }

    private static async Task<Ok<HubDraft>> AnnounceAsync(Caller caller, string draft, HubAnnouncement announcement, DraftDesk desk, CancellationToken cancel)
    {
        var files = announcement.Files.Select(file => new AnnouncedFile(file.Path, file.Length, file.Digest)).ToList();
        return TypedResults.Ok(DraftEndpoints.Record(await desk.AnnounceAsync(caller, draft, files, announcement.StripFolder, cancel)));
    }

    private static async Task<Ok<HubDraftFile>> GetAsync(Caller caller, string draft, string file, HttpResponse response, DraftDesk desk, CancellationToken cancel)
    {
        var found = await desk.GetFileAsync(caller, draft, file, cancel);
        Tell(response, found);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(Record(found));
    }

    private static async Task<Ok<HubDraftFile>> AppendAsync(Caller caller, string draft, string file, HttpContext context, DraftDesk desk,
        CancellationToken cancel, [FromQuery] long? offset = null)
    {
        var start = offset ?? ReadOffset(context.Request);
        // A phone may lose its network for a while without losing the connection.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = Patience;
        try
        {
            var found = await desk.AppendAsync(caller, draft, file, start, context.Request.Body, cancel);
            Tell(context.Response, found);
            return TypedResults.Ok(Record(found));
        }
        catch (CatalogException fault) when (fault.Fault == CatalogFault.Conflict)
        {
            Tell(context.Response, await desk.GetFileAsync(caller, draft, file, cancel));
            throw;
        }
    }

    private static async Task<Ok<HubDraft>> RemoveAsync(Caller caller, string draft, string file, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(DraftEndpoints.Record(await desk.RemoveFileAsync(caller, draft, file, cancel)));

    private static async Task<Ok<HubDraft>> RenameAsync(Caller caller, string draft, string file, HubPathChange change, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(DraftEndpoints.Record(await desk.RenameFileAsync(caller, draft, file, change.Path, cancel)));

    private static async Task<Ok<HubDraft>> UnpackAsync(Caller caller, string draft, string file, DraftDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(DraftEndpoints.Record(await desk.UnpackAsync(caller, draft, file, cancel)));

    public static HubDraftFile Record(DraftFileView file) => new(file.Id, file.Path, file.Length, file.Received, file.Digest);

    private static long ReadOffset(HttpRequest request) =>
        request.Headers[OffsetHeader] is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
            : throw new CatalogException(CatalogFault.Invalid, $"Say where in the file the bytes belong: header {OffsetHeader} or query offset, a whole number from 0.");

    private static void Tell(HttpResponse response, DraftFileView file)
    {
        response.Headers[OffsetHeader] = file.Received.ToString(CultureInfo.InvariantCulture);
        response.Headers[LengthHeader] = file.Length.ToString(CultureInfo.InvariantCulture);
    }
}
