using System.Collections.Concurrent;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>
/// Results of looks at immutable bytes, kept in the table Inspections. A key is <c>kind:version:...:digest</c>; it ends with the digest of a
/// blob, with which the result is forgotten, and the version counts up when the same bytes give another result. What is missing is made once,
/// however many ask, and a few at a time.
/// </summary>
public sealed class InspectionCache(IDbContextFactory<CatalogContext> contexts, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _making = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<string?> FindAsync(string key, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Inspections.Where(inspection => inspection.Key == key).Select(inspection => inspection.Json).SingleOrDefaultAsync(cancel);
    }

    /// <summary>Keeps a result that was made on the way; one that is there stays.</summary>
    public async Task KeepAsync(string key, string json, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await context.Database.ExecuteSqlAsync($"""
            INSERT INTO "Inspections" ("Key", "Json", "CreatedAt") VALUES ({key}, {json}, {time.GetUtcNow().ToUnixTimeMilliseconds()})
            ON CONFLICT ("Key") DO NOTHING
            """, cancel);
    }

    /// <summary>
    /// The kept result, or the one that <paramref name="make"/> gives, which runs on a thread of its own. When the asker goes, the work goes on:
    /// it will be asked for again.
    /// </summary>
    public async Task<string> GetAsync(string key, Func<string> make, CancellationToken cancel)
    {
        if (await FindAsync(key, cancel) is { } kept)
            return kept;
        var making = _making.GetOrAdd(key, _ => new Lazy<Task<string>>(() => MakeAsync(key, make)));
        return await making.Value.WaitAsync(cancel);
    }

    public void Dispose() => _room.Dispose();

    private async Task<string> MakeAsync(string key, Func<string> make)
    {
        await _room.WaitAsync();
        try
        {
            // Somebody else may have made it between the look and the place in the line.
            if (await FindAsync(key, CancellationToken.None) is { } kept)
                return kept;
            var json = await Task.Run(make);
            await KeepAsync(key, json, CancellationToken.None);
            return json;
        }
        finally
        {
            _room.Release();
            _making.TryRemove(key, out _);
        }
    }
}
