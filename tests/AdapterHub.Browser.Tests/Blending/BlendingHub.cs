using System.Diagnostics;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Blending;

/// <summary>A hub with the seeds, its administrator ada, and a real worker process that carries out what the pages start.</summary>
public sealed class BlendingHub : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blending-").FullName;
    private Process? _worker;

    public HubServer Server { get; private set; } = null!;

    public Actor Ada { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync(Publications.WithSeeds);
        Ada = await Server.AddAdministratorAsync();
        var token = (await Server.Services.GetRequiredService<WorkerRegistry>().CreateAsync(Actor.Hub, "beside", CancellationToken.None)).Token;
        var program = Path.Combine(AppContext.BaseDirectory, "adapterhub.dll");
        var start = new ProcessStartInfo("dotnet", [program, "worker", "--hub", Server.Url, "--token", token, "--folder", Path.Combine(_folder, "worker")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = _folder,
        };
        start.Environment["ADAPTERHUB_CACHE"] = Path.Combine(_folder, "cache");
        _worker = Process.Start(start)!;
        _worker.BeginOutputReadLine();
        _worker.BeginErrorReadLine();
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is { HasExited: false })
        {
            _worker.Kill(entireProcessTree: true);
            await _worker.WaitForExitAsync(CancellationToken.None);
        }

        _worker?.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
