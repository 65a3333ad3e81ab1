using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Api.OpenApi;
using AdapterHub.Web.Api.Runs;
using AdapterHub.Web.Api.Workers;

namespace AdapterHub.Web.Api.Hub;

/// <summary>The hub's own interface: all that its pages do, as HTTP and JSON.</summary>
internal static class HubApi
{
    public const string Root = "/api/hub";

    /// <summary>Everything whose failures are problem details.</summary>
    private static readonly string[] Roots = [Root, RunEndpoints.Root, WorkerEndpoints.Root];

    public static IServiceCollection AddHubApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            var records = HubJson.Default.Options;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, InferenceJson.Default);
            json.SerializerOptions.DefaultIgnoreCondition = records.DefaultIgnoreCondition;
            json.SerializerOptions.NumberHandling = records.NumberHandling;
            json.SerializerOptions.RespectNullableAnnotations = records.RespectNullableAnnotations;
            json.SerializerOptions.RespectRequiredConstructorParameters = records.RespectRequiredConstructorParameters;
        });
        // What cannot be bound is an exception in every environment, so that one place writes the answer.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddSingleton<FileSender>();
        services.AddHubDocument();
        ApiLimits.Add(services);
        return services;
    }

    /// <summary>Before everything that answers below <c>/api</c>.</summary>
    public static void UseHubApi(this WebApplication application)
    {
        application.UseWhen(context => Roots.Any(root => context.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase)), api => api.UseMiddleware<ApiProblems>());
        application.UseWhen(context => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase), api => api.UseMiddleware<SameOriginRule>());
    }

    public static void MapHubApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHubDocument();
        var hub = endpoints.MapGroup(Root).RequireRateLimiting(ApiLimits.Policy);
        HubEndpoints.Map(hub);
        SearchEndpoints.Map(hub);
        CatalogueEndpoints.Map(hub);
        RepositoryEndpoints.Map(hub);
        CollaboratorEndpoints.Map(hub);
        RevisionEndpoints.Map(hub);
        CommitEndpoints.Map(hub);
        FileEndpoints.Map(hub);
        ArchiveEndpoints.Map(hub);
        InspectionEndpoints.Map(hub);
        DraftEndpoints.Map(hub);
        DraftFileEndpoints.Map(hub);
        AccountEndpoints.Map(hub);
        OwnerEndpoints.Map(hub);
        LaneEndpoints.Map(hub);
        AdministrationEndpoints.Map(hub);
        WorkerAdministrationEndpoints.Map(hub);
    }
}
