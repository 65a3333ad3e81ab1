using System.IO.Compression;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Api.Hub;

/// <summary>A whole revision as one zip, written while it is sent: the same revision gives the same bytes.</summary>
internal static class ArchiveEndpoints
{
    /// <summary>Dense already: deflating them costs time and saves nothing.</summary>
    private static readonly string[] StoredEndings =
        [".safetensors", ".gguf", ".parquet", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".zip", ".gz", ".zst", ".xz", ".bz2", ".mp3", ".mp4", ".ogg", ".pdf", ".arrow"];

    // The zip format counts years from 1980 to 2107.
    private static readonly DateTimeOffset FirstTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LastTime = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    public static void Map(RouteGroupBuilder hub) =>
        hub.MapGet("/repositories/{owner}/{name}/archive/{revision}", GetAsync).Needs(ApiNeed.Reader).WithTags("Files").WithName("GetArchive")
            .WithSummary("Sends all files of a revision as a zip").WithDescription("The same revision gives the same bytes.")
            .Produces(StatusCodes.Status200OK, contentType: "application/zip");

    private static async Task GetAsync(Caller caller, [AsParameters] RepositoryPath path, string revision, HttpContext context,
        BlobStore blobs, RevisionReader revisions, RepositoryCatalog repositories, CancellationToken cancel)
    {
        revision = RepositoryPath.Decoded(revision);
        var found = await revisions.GetRevisionAsync(caller, path.Name, revision, cancel);
        await repositories.CountDownloadAsync(found.RepositoryId, cancel);
        Prepare(context.Response, found);
        await using var body = new LateWriteStream(context.Response.Body);
        await using (var zip = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel))
        {
            foreach (var file in found.Files)
                await AddAsync(zip, file, found.Commit.CreatedAt, blobs.OpenRead(file.Digest), cancel);
        }

        await body.FlushAsync(cancel);
    }

    private static void Prepare(HttpResponse response, RevisionView revision)
    {
        response.ContentType = "application/zip";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{revision.Repository.Name}-{revision.Commit.Id[..8]}.zip");
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = FileSender.Sandbox;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["X-Commit"] = revision.Commit.Id;
    }

    private static async Task AddAsync(ZipArchive zip, FileView file, DateTimeOffset time, FileStream bytes, CancellationToken cancel)
    {
        await using var source = bytes;
        var isDense = StoredEndings.Any(ending => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        var entry = zip.CreateEntry(file.Path, isDense ? CompressionLevel.NoCompression : CompressionLevel.Optimal);
        entry.LastWriteTime = time < FirstTime ? FirstTime : time > LastTime ? LastTime : time.ToUniversalTime();
        // Read and write for the owner, read for others: what the mode would be otherwise depends on the machine.
        entry.ExternalAttributes = 0b1000_000_110_100_100 << 16;
        await using var target = await entry.OpenAsync(cancel);
        await source.CopyToAsync(target, 1 << 17, cancel);
    }
}
