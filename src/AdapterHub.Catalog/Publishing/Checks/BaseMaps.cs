using System.Collections.Concurrent;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Safetensors;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>Tensor maps of base models, by the files that decide them: read from the headers once, kept in the cache and the last few in memory.</summary>
public sealed class BaseMaps(IDbContextFactory<CatalogContext> contexts, BlobStore store, InspectionCache cache)
{
    private const string Kind = "base-map:1:";
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Config = "config.json";
    private const string Unreadable = "null";
    private const int MostInMemory = 16;
    private readonly ConcurrentDictionary<string, BaseTensorMap> _recent = new(StringComparer.Ordinal);

    /// <summary>The key of a base's map; empty when these are not the files of one.</summary>
    public static string KeyOf(IEnumerable<TreeFile> files)
    {
        var parts = Parts(files);
        return parts.Count == 0 ? "" : Kind + TreeDigest.KeyOf("", parts);
    }

    /// <summary>The map of a revision; null where its weights cannot be read as safetensors.</summary>
    public async Task<BaseTensorMap?> FindAsync(long commitKey, CancellationToken cancel)
    {
        List<TreeFile> files;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            files = await context.CommitFiles.Where(file => file.CommitKey == commitKey)
                .Select(file => new TreeFile(file.Path, file.Digest, file.Length)).ToListAsync(cancel);
        }

        return await FindAsync(files, cancel);
    }

    /// <summary>The map of these files.</summary>
    public async Task<BaseTensorMap?> FindAsync(IReadOnlyCollection<TreeFile> files, CancellationToken cancel)
    {
        var key = KeyOf(files);
        if (key.Length == 0)
            return null;
        if (_recent.TryGetValue(key, out var recent))
            return recent;
        var json = await cache.GetAsync(key, () => Read(Parts(files)), cancel);
        if (json == Unreadable)
            return null;
        if (_recent.Count >= MostInMemory)
            _recent.Clear();
        return _recent[key] = BaseTensorMap.FromJson(json);
    }

    private string Read(List<TreeFile> parts)
    {
        var paths = parts.ToDictionary(file => file.Path, file => store.PathOf(file.Digest), StringComparer.Ordinal);
        try
        {
            using var checkpoint = paths.TryGetValue(Single, out var single)
                ? SafetensorsCheckpoint.Open(single, SafetensorsLimits.Upload)
                : SafetensorsCheckpoint.OpenShards(paths[Index], paths.GetValueOrDefault, SafetensorsLimits.Upload);
            return BaseTensorMap.Of(checkpoint, paths.GetValueOrDefault(Config)).ToJson();
        }
        catch (AdapterFormatException)
        {
            return Unreadable;
        }
    }

    private static List<TreeFile> Parts(IEnumerable<TreeFile> files)
    {
        var top = files.Where(file => file.Path is Config or Index || (file.Path.EndsWith(".safetensors", StringComparison.Ordinal) && !file.Path.Contains('/', StringComparison.Ordinal))).ToList();
        return top.Exists(file => file.Path is Single or Index) ? top : [];
    }
}
