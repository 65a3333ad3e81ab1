using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Answers with the bytes of a file, with the headers that make it safe and cachable, and counts downloads of weights.</summary>
internal sealed class FileSender(BlobStore blobs, RepositoryCatalog repositories)
{
    public const string Sandbox = "default-src 'none'; sandbox";

    private const int LongestImage = 32 << 20;

    /// <param name="isImmutable">The address names the bytes, not a branch that moves.</param>
    public async Task<PhysicalFileHttpResult> SendAsync(HttpContext context, RevisionFile file, bool isImmutable, CancellationToken cancel)
    {
        var tag = Prepare(context, file, isImmutable);
        if (IsDownload(context.Request, file, tag))
            await repositories.CountDownloadAsync(file.RepositoryId, cancel);
        return Answer(file, tag, "application/octet-stream", file.File.Path.Split('/')[^1]);
    }

    /// <summary>Null when it is no picture that is safe to show in place.</summary>
    public async Task<PhysicalFileHttpResult?> ShowAsync(HttpContext context, RevisionFile file, bool isImmutable, CancellationToken cancel)
    {
        if (file.File.Length > LongestImage || await RasterImage.FindTypeAsync(blobs.PathOf(file.File.Digest), cancel) is not { } type)
            return null;
        return Answer(file, Prepare(context, file, isImmutable), type, name: null);
    }

    private static EntityTagHeaderValue Prepare(HttpContext context, RevisionFile file, bool isImmutable)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Sandbox;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["X-Commit"] = file.CommitId;
        headers.Vary = "Authorization, Cookie";
        var whose = file.Visibility == RepositoryVisibility.Public ? "public" : "private";
        headers.CacheControl = isImmutable ? $"{whose}, max-age=31536000, immutable" : $"{whose}, no-cache";
        return new EntityTagHeaderValue($"\"{file.File.Digest}\"");
    }

    private PhysicalFileHttpResult Answer(RevisionFile file, EntityTagHeaderValue tag, string type, string? name) =>
        // The commit's time, not the disk's: who stored the same bytes before is nobody's business.
        TypedResults.PhysicalFile(blobs.PathOf(file.File.Digest), type, name, file.CommittedAt, tag, enableRangeProcessing: true);

    /// <summary>Weights sent from their first byte on: a check, a resumed part or a probe of the header's rest is no download.</summary>
    private static bool IsDownload(HttpRequest request, RevisionFile file, EntityTagHeaderValue tag)
    {
        if (!HttpMethods.IsGet(request.Method) || !WeightFiles.Are(file.Kind, file.File.Path))
            return false;
        var headers = request.GetTypedHeaders();
        if (headers.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
            return false;
        return headers.Range is not { Ranges: { Count: 1 } ranges } || ranges.First().From is 0;
    }
}
