using System.Diagnostics;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Benchmarks.Catalog;

/// <summary>A thousand searches of the kinds that people make, over a generated catalogue; says how long each kind takes.</summary>
internal static class CatalogBenchmark
{
    private const int Seed = 20_261_123;
    private const int Searches = 1000;

    /// <summary>Asked before, so that the code is compiled as it will be in a server that has run for a minute.</summary>
    private const int WarmUp = 200;

    /// <param name="adapters">How many adapters.</param>
    /// <param name="folder">Where the catalogue is made, or used if it is there already; null for a temporary one.</param>
    internal static async Task<int> RunAsync(int adapters, string? folder)
    {
        var temporary = folder is null ? Directory.CreateTempSubdirectory("adapterhub-benchmark-") : null;
        folder ??= temporary!.FullName;
        try
        {
            await using (var services = Services(folder))
            {
                await MakeAsync(services, adapters);
                await MeasureAsync(services.GetRequiredService<SearchService>());
            }

            return await HubBenchmark.RunAsync(folder);
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static ServiceProvider Services(string folder) =>
        new ServiceCollection().AddLogging().AddCatalog(new CatalogPaths(folder)).BuildServiceProvider();

    private static async Task MakeAsync(ServiceProvider services, int adapters)
    {
        var contexts = services.GetRequiredService<IDbContextFactory<CatalogContext>>();
        await Schema.MigrateAsync(contexts);
        await using var context = await contexts.CreateDbContextAsync();
        if (await context.Repositories.AnyAsync())
            return;
        var watch = Stopwatch.StartNew();
        await GeneratedCatalog.MakeAsync(contexts, adapters, Seed);
        var length = new FileInfo(services.GetRequiredService<CatalogPaths>().Database).Length;
        Console.WriteLine($"made {adapters:N0} adapters in {watch.Elapsed.TotalSeconds:F1} s, {length / 1e6:F0} MB");
    }

    private static async Task MeasureAsync(SearchService search)
    {
        var watch = Stopwatch.StartNew();
        await search.WarmAsync(CancellationToken.None);
        Console.WriteLine($"first look: {watch.ElapsedMilliseconds} ms");
        watch.Restart();
        await search.SearchAsync(Actor.Anonymous, SearchQuery.Everything, CancellationToken.None);
        Console.WriteLine($"first page: {watch.Elapsed.TotalMilliseconds:F1} ms");
        await MeasureAsync(new Searched(
            async (actor, query) => (await search.SearchAsync(actor, query, CancellationToken.None)).Next,
            (actor, text) => search.SuggestAsync(actor, text, CancellationToken.None)));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"memory: {process.WorkingSet64 / 1e6:F0} MB, managed {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F0} MB");
    }

    /// <summary>The same thousand searches, whoever answers them.</summary>
    internal static async Task MeasureAsync(Searched searched)
    {
        var mix = new SearchMix(Seed);
        var times = new Dictionary<string, List<SearchTime>>();
        for (var at = 0; at < WarmUp; at++)
            await mix.RunAsync(searched, []);
        for (var at = 0; at < Searches; at++)
            await mix.RunAsync(searched, times);
        Console.WriteLine($"{"milliseconds",-18} {"number",7} {"p50",8} {"p95",8} {"p99",8} {"most",8}   processor: p50 {"p95",8} {"p99",8}");
        foreach (var (kind, taken) in times.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Print(kind, taken);
        Print("all", [.. times.Values.SelectMany(taken => taken)]);
    }

    private static void Print(string kind, List<SearchTime> taken)
    {
        var wall = taken.Select(time => time.Wall).Order().ToList();
        var processor = taken.Select(time => time.Processor).Order().ToList();
        Console.WriteLine($"{kind,-18} {taken.Count,7} {At(wall, 0.50),8:F1} {At(wall, 0.95),8:F1} {At(wall, 0.99),8:F1} {wall[^1],8:F1}"
            + $" {At(processor, 0.50),16:F1} {At(processor, 0.95),8:F1} {At(processor, 0.99),8:F1}");
    }

    private static double At(List<double> ordered, double share) => ordered[Math.Min(ordered.Count - 1, (int)(share * ordered.Count))];
}
