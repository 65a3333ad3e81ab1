using Microsoft.Extensions.Options;

namespace AdapterHub.Web.Inference;

/// <summary>Answers in lanes, for the composition root.</summary>
internal static class LaneServices
{
    public static IServiceCollection AddLanes(this IServiceCollection services)
    {
        services.AddOptions<LaneOptions>().BindConfiguration("Lanes");
        services.AddSingleton<EngineSupervisor>().AddHostedService(provider => provider.GetRequiredService<EngineSupervisor>());
        services.AddSingleton<LaneSources>();
        services.AddSingleton<ModelFactsReader>();
        services.AddSingleton<TextMeasures>();
        services.AddSingleton<CataloguedText>();
        return services.AddSingleton(provider => new LaneService(
            provider.GetRequiredService<LaneSources>(), provider.GetRequiredService<EngineSupervisor>(), provider.GetRequiredService<IOptions<LaneOptions>>()));
    }
}
