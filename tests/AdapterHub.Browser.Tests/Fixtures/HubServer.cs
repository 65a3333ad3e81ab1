using System.Runtime.Versioning;
using AdapterHub.Web;
using Microsoft.AspNetCore.Builder;

[assembly: SupportedOSPlatform("linux")]

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>The real hub on a free port of this machine over a folder of its own; can be stopped and started again on the same port and folder.</summary>
public sealed class HubServer : IAsyncDisposable
{
    private readonly Action<WebApplication>? _prepare;
    private readonly Func<HubOptions, HubOptions> _change;
    private WebApplication? _application;

    private HubServer(Func<HubOptions, HubOptions>? change, Action<WebApplication>? prepare)
    {
        _change = change ?? (options => options);
        _prepare = prepare;
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("hub-").FullName;

    /// <summary>Such as <c>http://127.0.0.1:41234</c>, without a slash.</summary>
    public string Url { get; private set; } = "http://127.0.0.1:0";

    public IServiceProvider Services => _application!.Services;

    /// <param name="change">Other options than those of a hub with the style guide and without seeds.</param>
    /// <param name="prepare">More endpoints, before the hub listens.</param>
    public static async Task<HubServer> StartAsync(Func<HubOptions, HubOptions>? change = null, Action<WebApplication>? prepare = null)
    {
        var server = new HubServer(change, prepare);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts a hub that was stopped.</summary>
    public async Task StartAgainAsync()
    {
        var options = _change(new HubOptions { DataFolder = Folder, Urls = [Url], IsDevelopment = true });
        _application = HubApplication.Build(options, "--Logging:LogLevel:Default=Warning");
        _prepare?.Invoke(_application);
        await _application.StartAsync(TestContext.Current.CancellationToken);
        Url = _application.Urls.Single();
    }

    public async Task StopAsync()
    {
        if (_application is null)
            return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
        _application = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
