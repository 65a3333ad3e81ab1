using System.Text.Json.Serialization.Metadata;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api;
using AdapterHub.Web.Api.Runs;
using AdapterHub.Web.Api.Workers;
using AdapterHub.Web.Hubs;

namespace AdapterHub.Web.Runs;

/// <summary>Runs, for the composition root.</summary>
internal static class HubRuns
{
    public static IServiceCollection AddHubRuns(this IServiceCollection services, IConfiguration configuration)
    {
        var limits = new RunLimits();
        configuration.GetSection("Runs").Bind(limits);
        services.AddSingleton(limits);
        services.AddSingleton<BlendPlanner>();
        services.AddSingleton<RunLauncher>();
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
        WorkerEndpoints.Map(endpoints.MapGroup(WorkerEndpoints.Root));
        endpoints.MapHub<RunHub>(RunHub.Path);
    }
}
