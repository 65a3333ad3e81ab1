using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Inspection.Datasets;
using AdapterHub.Formats.Inspection.Thumbnails;
using AdapterHub.Formats.Safetensors;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>A repository's picture.</summary>
/// <param name="Svg">Without script, style, link or text of a file.</param>
/// <param name="Version">Changes when the picture does; for an ETag.</param>
public sealed record Thumbnail(string Svg, string Version);

/// <summary>The files of data of a revision, and the beginning of one of them.</summary>
/// <param name="Files">In ordinal order.</param>
/// <param name="Path">The one that is shown; null where there is none.</param>
/// <param name="Preview">Its first rows.</param>
public sealed record DatasetLook(IReadOnlyList<FileView> Files, string? Path, DatasetPreview? Preview);

/// <summary>
/// What can be said of a revision from its bytes. They never change, so each result is made once, when the revision is published or when it is
/// first asked for, and kept.
/// </summary>
public sealed class RevisionInspections(
    IDbContextFactory<CatalogContext> contexts, RevisionReader reader, BlobStore store, InspectionCache cache, RevisionChecks checks)
{
    /// <summary>What kept results hold for files that cannot be read: it need not be tried again.</summary>
    private const string Unreadable = "null";
    private const int MostRows = 100;

    /// <summary>The adapter's anatomy; null for what is no adapter, or one whose files cannot be read.</summary>
    public async Task<AdapterAnatomy?> GetAnatomyAsync(Actor actor, RepositoryName name, string? revision, CancellationToken cancel = default)
    {
        var view = await reader.GetRevisionAsync(actor, name, revision, cancel);
        return AdapterParts.Find(view.Files.Select(file => new TreeFile(file.Path, file.Digest, file.Length))) is { } parts ? await AnatomyAsync(parts, cancel) : null;
    }

    /// <summary>The tensors of a safetensors file, from its header; null for a file that is none.</summary>
    public async Task<SafetensorsListing?> GetListingAsync(Actor actor, RepositoryName name, string? revision, string path, CancellationToken cancel = default)
    {
        var view = await reader.GetRevisionAsync(actor, name, revision, cancel);
        var file = view.Find(path) ?? throw CatalogException.NotFound($"The file {TreePath.Printable(path)} of {name}");
        var json = await cache.GetAsync($"listing:1:{file.Digest}", () => List(file.Digest), cancel);
        return json == Unreadable ? null : JsonSerializer.Deserialize(json, InspectionsJson.Default.SafetensorsListing);
    }

    /// <summary>The picture by which the repository is known: an adapter's heat map, otherwise shapes drawn from its digest.</summary>
    /// <exception cref="CatalogException">NotFound.</exception>
    public async Task<Thumbnail> GetThumbnailAsync(Actor actor, long repositoryId, CancellationToken cancel = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await context.Repositories.AsNoTracking().Where(r => r.Id == repositoryId)
            .Select(r => new { Row = r, Head = context.References.Where(head => head.RepositoryId == r.Id && head.Kind == ReferenceKind.Branch && head.Name == Repository.DefaultBranch).Select(head => (long?)head.CommitKey).FirstOrDefault() })
            .SingleOrDefaultAsync(cancel);
        if (row is null || await RepositoryAccess.RoleAsync(context, actor, row.Row, cancel) == AccessRole.None)
            throw CatalogException.NotFound("This repository");
        var files = row.Row.Kind != RepositoryKind.Adapter || row.Head is not { } head ? [] : await context.CommitFiles
            .Where(file => file.CommitKey == head && (file.Path == AdapterParts.ConfigPath || file.Path == AdapterParts.WeightsPath))
            .Select(file => new TreeFile(file.Path, file.Digest, file.Length)).ToListAsync(cancel);
        if (AdapterParts.Find(files) is { } parts)
        {
            var svg = await cache.GetAsync($"thumbnail:1:{parts.Key}", () => Draw(parts), cancel);
            return new Thumbnail(svg, parts.Key.Replace(':', '-'));
        }

        var motif = row.Row.Kind switch { RepositoryKind.BaseModel => ThumbnailMotif.Rings, RepositoryKind.Dataset => ThumbnailMotif.Lines, _ => ThumbnailMotif.Tiles };
        var seed = row.Row.WeightsDigest ?? $"repository {repositoryId}";
        return new Thumbnail(AdapterThumbnail.OfDigest(seed, motif), $"1-{motif}-{seed.Replace(' ', '-')}");
    }

    /// <summary>Everything that the checks say of a revision: findings, an adapter's facts, how it covers its base.</summary>
    public async Task<RevisionReport> GetReportAsync(Actor actor, RepositoryName name, string? revision, CancellationToken cancel = default)
    {
        var view = await reader.GetRevisionAsync(actor, name, revision, cancel);
        Repository row;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
            row = await context.Repositories.AsNoTracking().SingleAsync(r => r.Id == view.RepositoryId, cancel);
        return await checks.CheckAsync(new CheckedRevision
        {
            Actor = actor,
            OwnerId = row.OwnerId,
            RepositoryId = row.Id,
            Kind = row.Kind,
            Visibility = row.Visibility,
            Files = [.. view.Files.Select(file => new TreeFile(file.Path, file.Digest, file.Length))],
        }, cancel);
    }

    /// <summary>What an adapter's files say of it; null for what is no adapter, or one whose files cannot be read.</summary>
    public async Task<AdapterFacts?> GetFactsAsync(Actor actor, RepositoryName name, string? revision, CancellationToken cancel = default) =>
        (await GetReportAsync(actor, name, revision, cancel)).Files.Adapter;

    /// <summary>The first rows of one of a dataset's files, and which files there are.</summary>
    /// <param name="path">Which file; null takes the first that can be shown.</param>
    /// <param name="rows">At most so many.</param>
    public async Task<DatasetLook> GetDatasetPreviewAsync(
        Actor actor, RepositoryName name, string? revision, string? path = null, int rows = 20, CancellationToken cancel = default)
    {
        var view = await reader.GetRevisionAsync(actor, name, revision, cancel);
        var files = view.Files.Where(file => DatasetFormats.Find(file.Path) is not null && file.Path != DraftDesk.CardFile).ToList();
        var file = path is null
            ? files.Find(file => DatasetFormats.Find(file.Path) != DatasetFormat.Parquet) ?? (files.Count > 0 ? files[0] : null)
            : files.Find(file => file.Path == path) ?? throw CatalogException.NotFound($"The file of data {TreePath.Printable(path)} of {name}");
        var preview = file is null ? null : await Task.Run(() => DatasetPreview.Read(store.PathOf(file.Digest), file.Path, Math.Clamp(rows, 1, MostRows)), cancel);
        return new DatasetLook(files, file?.Path, preview);
    }

    private async Task<AdapterAnatomy?> AnatomyAsync(AdapterParts parts, CancellationToken cancel)
    {
        var json = await cache.GetAsync(parts.AnatomyKey, () => parts.Measure(store), cancel);
        return json == Unreadable ? null : AdapterAnatomy.FromJson(json);
    }

    private string Draw(AdapterParts parts)
    {
        var json = parts.Measure(store);
        return json == Unreadable ? AdapterThumbnail.OfDigest(parts.WeightsDigest, ThumbnailMotif.Tiles) : AdapterThumbnail.Of(AdapterAnatomy.FromJson(json));
    }

    private string List(string digest)
    {
        try
        {
            return JsonSerializer.Serialize(SafetensorsListing.Read(store.PathOf(digest), SafetensorsLimits.Upload), InspectionsJson.Default.SafetensorsListing);
        }
        catch (AdapterFormatException)
        {
            return Unreadable;
        }
    }
}
