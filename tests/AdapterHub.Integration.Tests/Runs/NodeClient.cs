using System.Diagnostics;
using System.Text.Json;
using AdapterHub.Integration.Tests.Launcher;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>
/// A process of Node.js in which Microsoft's own SignalR client watches a hub. <c>./adapterhub test</c> installs the package; where it or Node.js is missing,
/// tests with it are skipped.
/// </summary>
internal sealed class NodeClient : IDisposable
{
    private const string Script = "watch.mjs";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly string _folder;
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly CancellationTokenSource _limit;

    private NodeClient(string folder, Process process)
    {
        (_folder, _process) = (folder, process);
        _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _limit.CancelAfter(Limit);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <param name="hub">Its address, or that of a way to it.</param>
    /// <param name="token">An API token.</param>
    /// <param name="method">Of the SignalR hub.</param>
    /// <param name="number">The run for Watch, how many items are enough for WatchQueue.</param>
    /// <param name="transport">As the package calls it; null lets it choose.</param>
    public static NodeClient Start(Uri hub, string token, string method, long number, string? transport = null)
    {
        var packages = Path.Combine(Repository.Root, "artifacts", "signalr", "node_modules");
        Assert.SkipUnless(FindNode() is not null, "Node.js is not installed (apt-get install nodejs npm), so its SignalR client cannot be tested here.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(packages, "@microsoft", "signalr")), "The npm package @microsoft/signalr is not installed; ./adapterhub test installs it where a registry can be reached.");
        // Node looks for packages beside the script, and nothing of them is to lie among the sources.
        var folder = Directory.CreateTempSubdirectory("signalr-").FullName;
        File.Copy(Path.Combine(Repository.Root, "tests", "AdapterHub.Integration.Tests", "Runs", "SignalR", Script), Path.Combine(folder, Script));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), packages);
        string[] arguments = [Script, hub.ToString().TrimEnd('/'), method, $"{number}", .. transport is null ? Array.Empty<string>() : [transport]];
        return new NodeClient(folder, ShellProcess.Start(FindNode()!, folder, new Dictionary<string, string?> { ["ADAPTERHUB_TOKEN"] = token, ["NODE_OPTIONS"] = null }, arguments));
    }

    /// <summary>The next items.</summary>
    public async Task<List<JsonElement>> TakeAsync(int count)
    {
        var items = new List<JsonElement>();
        while (items.Count < count)
            items.Add(await NextAsync() ?? throw new InvalidOperationException($"The client ended after {items.Count} of {count} items: {await _errors}"));
        return items;
    }

    /// <summary>All further items, and how the client ended.</summary>
    public async Task<(List<JsonElement> Items, int ExitCode, string Errors)> TakeToEndAsync()
    {
        var items = new List<JsonElement>();
        while (await NextAsync() is { } item)
            items.Add(item);
        await _process.WaitForExitAsync(_limit.Token);
        return (items, _process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonElement?> NextAsync() =>
        await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line ? JsonDocument.Parse(line).RootElement : null;

    private static string? FindNode() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);
}
