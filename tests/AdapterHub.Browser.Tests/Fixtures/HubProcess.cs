using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary><c>adapterhub serve</c> with its worker as processes that a test may kill and start again, over one folder and one address.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");
    private readonly string _folder = Directory.CreateTempSubdirectory("served-").FullName;
    private Process? _hub;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it and returns the link that its terminal shows, which signs the reader in.</summary>
    public async Task<string> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Program, "serve", "--json", "--urls", Url, "--data", Path.Combine(_folder, "hub")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = _folder,
        };
        start.Environment["ADAPTERHUB_CACHE"] = Path.Combine(_folder, "cache");
        start.Environment["ADAPTERHUB_SEED"] = Publications.SeedFolder;
        _hub = Process.Start(start)!;
        _hub.Id.ShouldBeGreaterThan(0);
        _hub.BeginErrorReadLine();
        var line = await _hub.StandardOutput.ReadLineAsync(Cancel) ?? throw new InvalidOperationException("The hub ended before it listened.");
        _hub.StandardOutput.Close();
        using var started = JsonDocument.Parse(line);
        return started.RootElement.GetProperty("signInLink").GetString()!;
    }

    /// <summary>SIGKILL for the trainer, the worker and the hub, in this order.</summary>
    public async Task KillAllAsync()
    {
        await KillAsync(Find("trainer"));
        await KillAsync(Find("worker"));
        await KillAsync(_hub!.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is { HasExited: false })
            await KillAsync(_hub.Id);
        _hub?.Dispose();
        // What the hub started ends with it, which takes it a moment.
        for (var attempt = 0; FindAll("worker").Concat(FindAll("trainer")).Any() && attempt < 100; attempt++)
            await Task.Delay(100, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The one process of ours that was started with this word.</summary>
    private int Find(string verb) => FindAll(verb).ShouldHaveSingleItem();

    private List<int> FindAll(string verb)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ReadCommandLine(id) is { } command
                && command.Contains(_folder, StringComparison.Ordinal) && command.Contains($"\0{verb}\0", StringComparison.Ordinal))
                found.Add(id);
        }

        return found;
    }

    private static async Task KillAsync(int id)
    {
        id.ShouldBeGreaterThan(0);
        using var process = Process.GetProcessById(id);
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static string? ReadCommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
