using System.Text.Json.Serialization.Metadata;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api;
using AdapterHub.Web.Api.Runs;
using AdapterHub.Web.Api.Workers;
using AdapterHub.Web.Hubs;
using AdapterHub.Web.Inference;

namespace AdapterHub.Web.Runs;

/// <summary>Runs, for the composition root.</summary>
internal static class HubRuns
{
    public static IServiceCollection AddHubRuns(this IServiceCollection services, IConfiguration configuration)
    {
        var limits = new RunLimits();
        configuration.GetSection("Runs").Bind(limits);
        services.AddSingleton(limits);
        var prices = new RunPrices();
        configuration.GetSection("Runs:Prices").Bind(prices);
        services.AddSingleton(prices);
        services.AddSingleton(provider => new RunForecaster(
            provider.GetRequiredService<RunInputReader>(), provider.GetRequiredService<RunSummaries>(), provider.GetRequiredService<WorkerRegistry>(), provider.GetRequiredService<TextMeasures>(),
            provider.GetRequiredService<BlobStore>(), prices, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BlendPlanner>();
        services.AddSingleton<RunLauncher>();
        services.AddSingleton<CheckpointPublisher>();
        services.AddSingleton<SweepLauncher>();
        services.AddHostedService<RunUpkeep>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RunJson.Default));
        services.AddSignalR().AddJsonProtocol(json =>
        {
            json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, RunJson.Default);
            // For types with a converter of their own.
            json.PayloadSerializerOptions.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
            json.PayloadSerializerOptions.Converters.Add(new RunEventConverter());
            json.PayloadSerializerOptions.DefaultIgnoreCondition = RunJson.Default.Options.DefaultIgnoreCondition;
            json.PayloadSerializerOptions.NumberHandling = RunJson.Default.Options.NumberHandling;
        });
        return services;
    }

    public static void MapHubRuns(this IEndpointRouteBuilder endpoints)
    {
        var runs = endpoints.MapGroup(RunEndpoints.Root).RequireRateLimiting(ApiLimits.Policy);
        RunEndpoints.Map(runs);
        RunWatchEndpoints.Map(runs);
        SweepEndpoints.Map(runs);
        WorkerEndpoints.Map(endpoints.MapGroup(WorkerEndpoints.Root));
        endpoints.MapHub<RunHub>(RunHub.Path);
    }
}
