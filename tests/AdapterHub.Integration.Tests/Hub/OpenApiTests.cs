using System.Text.Json;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class OpenApiTests(MatrixHub matrix) : IClassFixture<MatrixHub>
{
    /// <summary>What is between the hub and its workers is not for others.</summary>
    private IEnumerable<MatrixEndpoint> Described => matrix.Endpoints.Where(endpoint => !endpoint.Pattern.StartsWith("/api/workers", StringComparison.Ordinal));

    [Fact]
    public async Task Document_HasEveryEndpointWithItsWords()
    {
        using var document = JsonDocument.Parse(await matrix.ClientOf(MatrixRole.Anonymous).GetStringAsync("/openapi/hub.json", RunningHub.Cancel));
        var paths = document.RootElement.GetProperty("paths");
        document.RootElement.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");

        foreach (var endpoint in Described)
        {
            var path = endpoint.Pattern.TrimEnd('/').Replace("{**", "{", StringComparison.Ordinal).Replace(":long}", "}", StringComparison.Ordinal);
            paths.TryGetProperty(path, out var item).ShouldBeTrue($"{path} is not in the document");
            item.TryGetProperty(endpoint.Method.ToLowerInvariant(), out var operation).ShouldBeTrue($"{endpoint.Method} {path} is not in the document");
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            operation.GetProperty("description").GetString()!.ShouldMatch("(Anybody may ask|Asks for)");
            operation.GetProperty("operationId").GetString()!.ShouldStartWith(endpoint.Name);
            operation.GetProperty("responses").GetProperty("default").GetProperty("content").TryGetProperty("application/problem+json", out _).ShouldBeTrue();
            operation.GetProperty("responses").EnumerateObject().ShouldContain(response => response.Name.StartsWith('2'), $"{endpoint.Method} {path} says no success");
        }
    }

    [Fact]
    public async Task Document_HasNoLooseReference()
    {
        var text = await matrix.ClientOf(MatrixRole.Anonymous).GetStringAsync("/openapi/hub.json", RunningHub.Cancel);
        using var document = JsonDocument.Parse(text);
        var references = new List<string>();
        Collect(document.RootElement);

        references.Count.ShouldBeGreaterThan(50);
        foreach (var reference in references.Distinct())
        {
            var found = document.RootElement;
            foreach (var part in reference[2..].Split('/'))
                found.TryGetProperty(part, out found).ShouldBeTrue($"{reference} leads nowhere");
        }

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    if (property.Name == "$ref")
                        references.Add(property.Value.GetString()!);
                    else
                        Collect(property.Value);
                }
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                    Collect(item);
            }
        }
    }

    [Fact]
    public async Task Page_ShowsEveryOperationWithoutAnotherSitesScript()
    {
        var html = await matrix.ClientOf(MatrixRole.Anonymous).GetStringAsync("/api", RunningHub.Cancel);

        foreach (var endpoint in Described.Where(endpoint => endpoint.Method != "HEAD"))
            html.ShouldContain($"id=\"{endpoint.Name}\"", customMessage: endpoint.Name);
        html.ShouldNotContain("src=\"http");
    }
}
