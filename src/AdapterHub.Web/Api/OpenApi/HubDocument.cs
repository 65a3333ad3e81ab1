using AdapterHub.Protocol.Hub;
using AdapterHub.Web.Api.Hub;
using AdapterHub.Web.Api.Runs;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AdapterHub.Web.Api.OpenApi;

/// <summary>The document of the hub's interface: made from the endpoints themselves, at <c>/openapi/hub.json</c>.</summary>
internal static class HubDocument
{
    public const string Name = "hub";
    public const string Path = "/openapi/hub.json";
    private const string Bearer = "bearer";

    private const string Introduction =
        """
        Everything that the hub's pages do. Programs send an API token, made at `/settings/tokens`, as `Authorization: Bearer TOKEN`; without one they see what is public.
        Failures are problem details (RFC 9457) with a sentence for people in `detail` and, where there are several reasons, all of them in `findings`.
        What you may not see is answered as if it did not exist. A slash in a branch, a tag or a folder of the address is written `%2F`.
        """;

    public static IServiceCollection AddHubDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(HubApi.Root[1..], StringComparison.Ordinal) == true
            || endpoint.RelativePath?.StartsWith(RunEndpoints.Root[1..], StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "AdapterHub", Version = ProgramVersion.Text, Description = Introduction };
            // Wherever the document came from.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, Description = "An API token." };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
    });

    public static void MapHubDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi("/openapi/{documentName}.json");

    /// <summary>Who may call it, and what a failure looks like: the same for every operation, so no endpoint says it.</summary>
    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiAccess>().LastOrDefault() is { } access)
        {
            operation.Description = $"{operation.Description} {access.Text}".Trim();
            if (access.Need != ApiNeed.Nothing)
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        }

        var problem = await context.GetOrCreateSchemaAsync(typeof(HubProblem), cancellationToken: cancel);
        context.Document?.AddComponent(nameof(HubProblem), problem);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A failure",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [HubProblem.MediaType] = new() { Schema = new OpenApiSchemaReference(nameof(HubProblem), context.Document) },
            },
        };
    }
}
