using AdapterHub.Web.Api.OpenApi;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.OpenApi;

namespace AdapterHub.Web.Components.Api;

/// <summary>The document of the interface for reading.</summary>
public sealed partial class ApiPage(IServiceProvider services, NavigationManager navigation) : ComponentBase
{
    private IReadOnlyList<ApiGroup>? _groups;
    private IReadOnlyList<string> _introduction = [];

    private NavigationManager Navigation => navigation;

    protected override async Task OnInitializedAsync()
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(HubDocument.Name).GetOpenApiDocumentAsync(CancellationToken.None);
        _introduction = [.. (document.Info.Description ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Replace("`", "", StringComparison.Ordinal))];
        _groups = ApiGroup.Of(document);
    }
}
