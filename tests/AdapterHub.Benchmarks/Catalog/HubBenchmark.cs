using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Benchmarks.Catalog;

/// <summary>The same searches at the API of <c>adapterhub serve</c> over a generated catalogue, as everybody; its first page and its memory.</summary>
internal static class HubBenchmark
{
    private const int Pages = 50;
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/AdapterHub.Cli/bin/Release/net10.0/adapterhub.dll"));

    /// <param name="folder">Of the catalogue.</param>
    internal static async Task<int> RunAsync(string folder)
    {
        if (!File.Exists(Program))
        {
            Console.Error.WriteLine($"{Program} is missing: build src/AdapterHub.Cli with -c Release for the figures at the API.");
            return 1;
        }

        var start = new ProcessStartInfo("dotnet", [Program, "serve", "--no-worker", "--urls", "http://127.0.0.1:5911", "--data", folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
            // One client asks for as much as hundreds would.
            Environment = { ["Api__AnonymousBurst"] = "1000000", ["Api__AnonymousPerSecond"] = "1000000" },
        };
        var watch = Stopwatch.StartNew();
        using var server = Process.Start(start)!;
        try
        {
            while (await server.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
            {
                // It says its address and where its data lies.
            }

            Console.WriteLine($"serve answers after {watch.Elapsed.TotalSeconds:F1} s");
            using var handler = new SocketsHttpHandler();
            using var client = new HttpClient(handler) { BaseAddress = new Uri("http://127.0.0.1:5911") };
            await MeasurePageAsync(client);
            await CatalogBenchmark.MeasureAsync(new Searched(
                async (_, query) => await AskAsync(client, "repositories?" + SearchQueryString.Write(query)) is { ValueKind: JsonValueKind.Object } page
                    && page.TryGetProperty("next", out var next) ? next.GetString() : null,
                (_, text) => AskAsync(client, "suggest?q=" + Uri.EscapeDataString(text))));
            Console.WriteLine($"memory of the server: {Memory(server, "VmRSS")} MB, most {Memory(server, "VmHWM")} MB");
            return 0;
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>The catalogue's first page, prerendered, until its last byte: the first time that anybody asks, and then the next ones.</summary>
    private static async Task MeasurePageAsync(HttpClient client)
    {
        var times = new List<double>();
        var length = 0;
        for (var page = 0; page <= Pages; page++)
        {
            var watch = Stopwatch.StartNew();
            length = (await client.GetByteArrayAsync(new Uri("/", UriKind.Relative))).Length;
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        var later = times[1..].Order().ToList();
        Console.WriteLine($"first page ({length / 1e3:F0} kB of HTML): {times[0]:F0} ms the first time, then p50 {later[Pages / 2]:F0} ms, p95 {later[Pages * 95 / 100]:F0} ms");
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri("/api/hub/" + path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        using var json = await JsonDocument.ParseAsync(body);
        return json.RootElement.Clone();
    }

    private static long Memory(Process process, string line) => File.ReadLines($"/proc/{process.Id}/status")
        .Where(text => text.StartsWith(line + ":", StringComparison.Ordinal))
        .Select(text => long.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1_000_000).Single();
}
