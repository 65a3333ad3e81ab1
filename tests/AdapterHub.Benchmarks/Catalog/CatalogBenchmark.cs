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

    /// <param name="adapters">How many adapters.</param>
    /// <param name="folder">Where the catalogue is made, or used if it is there already; null for a temporary one.</param>
    internal static async Task<int> RunAsync(int adapters, string? folder)
    {
        var temporary = folder is null ? Directory.CreateTempSubdirectory("adapterhub-benchmark-") : null;
        try
        {
            await using var services = Services(folder ?? temporary!.FullName);
            await MakeAsync(services, adapters);
            await MeasureAsync(services.GetRequiredService<SearchService>());
            return 0;
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
        var mix = new SearchMix(Seed);
        var times = new Dictionary<string, List<double>>();
        foreach (var _ in Enumerable.Range(0, 50))
            await mix.RunAsync(search, []);
        mix.Asked = 0;
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var at = 0; at < Searches; at++)
            await mix.RunAsync(search, times);
        process.Refresh();
        var worked = process.TotalProcessorTime - before;
        Console.WriteLine($"{"",-18} {"number",7} {"p50",8} {"p95",8} {"p99",8} {"most",8}  ms");
        foreach (var (kind, taken) in times.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Print(kind, taken);
        Print("all", [.. times.Values.SelectMany(taken => taken)]);
        Console.WriteLine($"processor time: {worked.TotalMilliseconds / mix.Asked:F1} ms a search");
        Console.WriteLine($"memory: {process.WorkingSet64 / 1e6:F0} MB, managed {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F0} MB");
    }

    private static void Print(string kind, List<double> taken)
    {
        taken.Sort();
        Console.WriteLine($"{kind,-18} {taken.Count,7} {At(0.50),8:F1} {At(0.95),8:F1} {At(0.99),8:F1} {taken[^1],8:F1}");

        double At(double share) => taken[Math.Min(taken.Count - 1, (int)(share * taken.Count))];
    }
}
