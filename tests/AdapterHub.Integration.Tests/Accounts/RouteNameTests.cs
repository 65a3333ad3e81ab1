using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Integration.Tests.Accounts;

public sealed class RouteNameTests
{
    /// <summary>Somebody called like a page would never see their own.</summary>
    [Fact]
    public async Task FirstPartsOfAddresses_AreNobodysName()
    {
        await using var hub = await RunningHub.StartAsync();

        var first = hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .Select(endpoint => endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternLiteralPart part, ..] }, ..] ? part.Content : null)
            .OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase);

        first.Where(name => OwnerNames.TryAccept(name, out _)).ShouldBeEmpty();
    }

    [Fact]
    public async Task StaticFiles_AreNobodysName()
    {
        await using var hub = await RunningHub.StartAsync();

        var first = hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0]).Distinct(StringComparer.OrdinalIgnoreCase);

        // Fingerprinted names change with every build; what they begin with does not.
        first.Where(name => OwnerNames.TryAccept(name, out _) && !name.Contains('.', StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
