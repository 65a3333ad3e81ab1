using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats.Peft;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// Where a revision comes from, as its own files say: base models and datasets of the card, the parents of <c>blend.json</c>. A parent is named
/// as the file names it; the repository here that it leads to is kept beside, for those who may see it.
/// </summary>
internal sealed class Lineage(CatalogContext context, Actor actor, Repository row)
{
    private const string RecipeFile = "blend.json";
    private const long LongestRecipe = 4 << 20;
    private const int MostLinks = 200;
    private const int LongestName = 200;

    /// <summary>Replaces what the revision before said. What is known otherwise (forks, runs) stays.</summary>
    public async Task WriteAsync(IReadOnlyCollection<TreeFile> files, RevisionReport report, BlobStore store, CancellationToken cancel)
    {
        await context.Lineage.Where(link => link.ChildId == row.Id && (link.Relation == LineageRelation.BaseModel
            || link.Relation == LineageRelation.BlendParent || link.Relation == LineageRelation.Dataset)).ExecuteDeleteAsync(cancel);
        var links = new List<LineageLink>();
        foreach (var name in report.Card.FrontMatter.BaseModels.DefaultIfEmpty(report.DeclaredBase).OfType<string>())
            links.Add(await BaseLinkAsync(name, report, cancel));
        foreach (var name in report.Card.FrontMatter.Datasets)
            links.Add(await DatasetLinkAsync(name, cancel));
        foreach (var parent in await ParentsAsync(files, store, cancel))
            links.Add(await BlendLinkAsync(parent, cancel));
        context.Lineage.AddRange(links.Where(link => link.ParentId != row.Id).Take(MostLinks));
    }

    private async Task<LineageLink> BaseLinkAsync(string name, RevisionReport report, CancellationToken cancel)
    {
        var found = name == report.DeclaredBase ? report.Base : await BaseMatch.FindAsync(context, actor, row.OwnerId, name, cancel);
        return Link(LineageRelation.BaseModel, name, found?.RepositoryId, found?.CommitId, null);
    }

    private async Task<LineageLink> DatasetLinkAsync(string name, CancellationToken cancel)
    {
        var bare = name.TrimEnd('/').Split('/')[^1];
        var readable = RepositoryAccess.Readable(context, actor).Where(r => r.Kind == RepositoryKind.Dataset);
        long? found = RepositoryName.TryParse(name, out var full) && await RepositoryAccess.FindRowAsync(context, full, cancel) is { } exact
            ? await readable.Where(r => r.Id == exact.Id).Select(r => (long?)r.Id).SingleOrDefaultAsync(cancel)
            : bare == name
                ? await readable.Where(r => r.Name == bare).OrderByDescending(r => r.OwnerId == row.OwnerId).ThenByDescending(r => r.Likes).ThenBy(r => r.Id)
                    .Select(r => (long?)r.Id).FirstOrDefaultAsync(cancel)
                : null;
        return Link(LineageRelation.Dataset, name, found, null, null);
    }

    /// <summary>
    /// By the digest of its tensors, which no name can get wrong: the repository that the recipe names if any of its revisions has them, otherwise one
    /// that has them now; of several copies of the same bytes, by name and then the oldest.
    /// </summary>
    private async Task<LineageLink> BlendLinkAsync(BlendParent parent, CancellationToken cancel)
    {
        var readable = RepositoryAccess.Readable(context, actor).Where(r => r.Id != row.Id);
        long? found = null;
        if (parent.Digest is not null && RepositoryName.TryParse(parent.Name, out var full) && await RepositoryAccess.FindRowAsync(context, full, cancel) is { } named)
            found = await readable.Where(r => r.Id == named.Id && context.Commits.Any(commit => commit.RepositoryId == r.Id && commit.Files.Any(file => file.Digest == parent.Digest)))
                .Select(r => (long?)r.Id).SingleOrDefaultAsync(cancel);
        if (parent.Digest is not null)
            found ??= await readable.Where(r => r.WeightsDigest == parent.Digest)
                .OrderByDescending(r => r.Name == parent.Name).ThenBy(r => r.Id).Select(r => (long?)r.Id).FirstOrDefaultAsync(cancel);
        return Link(LineageRelation.BlendParent, parent.Name, found, parent.Digest, parent.Weight);
    }

    private LineageLink Link(LineageRelation relation, string name, long? parentId, string? revision, double? weight) => new()
    {
        ChildId = row.Id,
        Relation = relation,
        ParentId = parentId,
        ParentName = name.Length <= LongestName ? name : name[..LongestName],
        ParentRevision = revision,
        Weight = weight,
    };

    /// <summary>Parents of the recipe beside a blend; none where it is not one.</summary>
    private static async Task<IReadOnlyList<BlendParent>> ParentsAsync(IReadOnlyCollection<TreeFile> files, BlobStore store, CancellationToken cancel)
    {
        if (files.FirstOrDefault(file => file.Path == RecipeFile && file.Length <= LongestRecipe) is not { } recipe)
            return [];
        try
        {
            await using var stream = store.OpenRead(recipe.Digest);
            using var document = await JsonDocument.ParseAsync(stream, new JsonDocumentOptions { MaxDepth = 32 }, cancel);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("parents", out var parents)
                && parents.ValueKind == JsonValueKind.Array
                ? [.. parents.EnumerateArray().Select(BlendParent.Read).OfType<BlendParent>()]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private sealed record BlendParent(string Name, double? Weight, string? Digest)
    {
        public static BlendParent? Read(JsonElement parent)
        {
            if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
                return null;
            double? weight = parent.TryGetProperty("weight", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out var value) ? value : null;
            var digest = parent.TryGetProperty("digests", out var digests) && digests.ValueKind == JsonValueKind.Object
                && digests.TryGetProperty(PeftAdapterFolder.TensorFileName, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
            return new BlendParent(name.GetString()!, weight, digest is not null && BlobStore.IsDigest(digest) ? digest : null);
        }
    }
}
