using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Revisions of small files, in one request.</summary>
internal static class CommitEndpoints
{
    /// <summary>Base64 makes a third more of a file.</summary>
    public const int LargestBody = 16 << 20;

    public static void Map(RouteGroupBuilder hub) =>
        hub.MapPost("/repositories/{owner}/{name}/commits", CommitAsync).Needs(ApiNeed.Writer).WithTags("Revisions").WithName("CreateCommit")
            .WithMetadata(new RequestSizeLimitAttribute(LargestBody)).WithSummary("Makes a revision of small files")
            .WithDescription($"All in one request of at most {LargestBody >> 20} MiB. Asked for again with the same content, it answers with the revision that is there.");

    private static async Task<Results<Created<HubPublished>, Ok<HubPublished>>> CommitAsync(
        Caller caller, [AsParameters] RepositoryPath path, HubNewCommit commit, RepositoryCatalog repositories, BlobStore blobs, Publisher publisher, CancellationToken cancel)
    {
        await repositories.RequireAsync(caller, path.Name, AccessRole.Writer, "publish to", cancel);
        Check(commit);
        var changes = new List<FileChange>(commit.Files.Count);
        foreach (var file in commit.Files)
            changes.Add(await StoreAsync(caller, file, blobs, cancel));
        var request = new CommitRequest
        {
            Branch = commit.Branch ?? Repository.DefaultBranch, ExpectedParent = commit.ExpectedParent, Message = commit.Message, Files = changes, ReplacesTree = commit.ReplacesTree,
        };
        var published = Record(path.Name, await publisher.CommitAsync(caller, path.Name, request, cancel));
        return published.IsNew ? TypedResults.Created($"{HubApi.Root}/repositories/{path.Name}/revisions/{published.CommitId}", published) : TypedResults.Ok(published);
    }

    public static HubPublished Record(RepositoryName name, PublishedCommit commit) => new(
        name.ToString(), commit.CommitId, commit.Branch, commit.CreatedAt, commit.IsNew, commit.ParentId, commit.Warnings.Count > 0 ? commit.Warnings : null);

    /// <summary>Before any byte is stored.</summary>
    private static void Check(HubNewCommit commit)
    {
        List<string> faults = [];
        foreach (var file in commit.Files)
        {
            var given = (file.Text is null ? 0 : 1) + (file.Base64 is null ? 0 : 1) + (file.Digest is null ? 0 : 1) + (file.Delete ? 1 : 0);
            if (given != 1)
                faults.Add($"{TreePath.Printable(file.Path)}: give exactly one of text, base64, digest and delete; {given} are given.");
            else if (TreePath.FindFault(file.Path) is { } fault)
                faults.Add(fault);
        }

        if (faults.Count > 0)
            throw new CatalogException(CatalogFault.Invalid, faults.Count == 1 ? faults[0] : $"{faults.Count} of the files cannot be taken as they are.", faults);
    }

    private static async Task<FileChange> StoreAsync(Actor actor, HubNewFile file, BlobStore blobs, CancellationToken cancel)
    {
        var bytes = file.Base64 ?? (file.Text is { } text ? Encoding.UTF8.GetBytes(text) : null);
        if (bytes is null)
            return file.Digest is { } digest ? FileChange.Put(file.Path, digest) : FileChange.Delete(file.Path);
        using var source = new MemoryStream(bytes, writable: false);
        var stored = await blobs.ReceiveAsync(actor, source, new ExpectedContent { Length = bytes.Length }, cancel);
        return FileChange.Put(file.Path, stored.Digest);
    }
}
