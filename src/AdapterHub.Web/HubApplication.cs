using AdapterHub.Catalog;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Api.Hub;
using AdapterHub.Web.Components;
using AdapterHub.Web.Components.Errors;
using AdapterHub.Web.Inference;
using AdapterHub.Web.Runs;
using AdapterHub.Web.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace AdapterHub.Web;

/// <summary>The hub, put together in one place for the program and for its tests.</summary>
public static class HubApplication
{
    /// <summary>What is logged unless settings say otherwise. A failed start is told by whoever starts the hub.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        // Names hold fingerprints, in a build output as in a published one, so browsers may keep the files.
        ["EnableStaticAssetsDevelopmentCaching"] = "true",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
        // It logs every refusal of a stream as a failure, with its trace. What fails in truth, RunHub and the circuits log themselves.
        ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher"] = "None",
    };

    /// <summary>Builds a hub that listens once it is started.</summary>
    /// <param name="options">Folders and addresses.</param>
    /// <param name="arguments">Settings in ASP.NET's form, such as <c>--Logging:LogLevel:Default=Debug</c>.</param>
    public static WebApplication Build(HubOptions options, params string[] arguments)
    {
        var builder = CreateBuilder(options, arguments);
        AddServices(builder, options);
        // Pages still open when the hub ends fail at services that are gone; nobody can do anything about that.
        var isEnding = false;
        builder.Logging.AddFilter("Microsoft.AspNetCore.Components.Server", level => level >= LogLevel.Warning && !Volatile.Read(ref isEnding));
        var application = builder.Build();
        application.Lifetime.ApplicationStopping.Register(() => Volatile.Write(ref isEnding, true));
        UsePipeline(application, options);
        MapEndpoints(application);
        return application;
    }

    private static WebApplicationBuilder CreateBuilder(HubOptions options, string[] arguments)
    {
        // The program's folder, not the current one: static files, their manifests and settings lie beside the program.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments,
            ApplicationName = typeof(HubApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = options.IsDevelopment ? Environments.Development : Environments.Production,
        });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        // Standard output belongs to the program.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // Signals belong to the program around the hub.
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.WebHost.ConfigureKestrel(HubLimits.Apply).UseUrls([.. options.Urls]);
        // In a build output the static files are still where they were written; published, they lie in wwwroot.
        builder.WebHost.UseStaticWebAssets();
        return builder;
    }

    private static void AddServices(WebApplicationBuilder builder, HubOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddCatalog(new CatalogPaths(options.DataFolder)).AddHostedService<CatalogStart>().AddHostedService<CatalogUpkeep>();
        builder.Services.AddHubAccounts();
        builder.Services.AddHubApi();
        builder.Services.AddLanes();
        builder.Services.AddHubRuns(builder.Configuration);
        builder.Services.AddDataProtection().SetApplicationName("AdapterHub")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataFolder, "keys")));
        builder.Services.AddPages().AddErrorPages();
    }

    private static void UsePipeline(WebApplication application, HubOptions options)
    {
        application.UseProxies(options);
        application.UseSecurityHeaders();
        application.UseHostGuard(options);
        application.UseOriginGuard();
        application.UseErrorPages();
        application.UseHubApi();
        application.UseHubAccounts();
        application.UseRateLimiter();
        application.UseAntiforgery();
    }

    private static void MapEndpoints(WebApplication application)
    {
        application.MapHubAccounts();
        application.MapHubApi();
        application.MapHubRuns();
        application.MapStaticAssets();
        application.MapPages();
    }

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
