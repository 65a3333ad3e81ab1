using System.Net;
using AdapterHub.Catalog;
using AdapterHub.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>What a browser and a program get when a request fails.</summary>
public sealed class ErrorPageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };
    private WebApplication _application = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _application = HubApplication.Build(new HubOptions { DataFolder = _folder, Urls = ["http://127.0.0.1:0"] }, "--Logging:LogLevel:Default=None");
        _application.MapGet("/failing/fault", string () => throw new InvalidOperationException("the secret of the fault"));
        _application.MapGet("/failing/missing", string () => throw CatalogException.NotFound("ada/wisdom"));
        _application.MapGet("/failing/refused", string () => throw new CatalogException(CatalogFault.Forbidden, "Only owners rename."));
        await _application.StartAsync(TestContext.Current.CancellationToken);
        _client = new HttpClient(_handler) { BaseAddress = new Uri(_application.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _handler.Dispose();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/failing/fault", HttpStatusCode.InternalServerError, "Something went wrong on the server")]
    [InlineData("/failing/missing", HttpStatusCode.NotFound, "ada/wisdom does not exist, or you have no access to it.")]
    [InlineData("/failing/refused", HttpStatusCode.Forbidden, "Only owners rename.")]
    [InlineData("/no/such/page/anywhere", HttpStatusCode.NotFound, "There is nothing here")]
    [InlineData("/styleguide", HttpStatusCode.NotFound, "There is nothing here")]
    public async Task Browser_GetsAPageWithTheStatus(string path, HttpStatusCode status, string text)
    {
        var (answer, html) = await GetAsync(path, "text/html,application/xhtml+xml");

        answer.ShouldBe(status);
        html.ShouldContain(text);
        html.ShouldContain("<html");
        html.ShouldNotContain("secret of the fault");
        html.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("/failing/fault", HttpStatusCode.InternalServerError)]
    [InlineData("/failing/missing", HttpStatusCode.NotFound)]
    [InlineData("/no/such/page/anywhere", HttpStatusCode.NotFound)]
    public async Task Program_GetsTheBareStatus(string path, HttpStatusCode status)
    {
        var (answer, text) = await GetAsync(path, "*/*");

        answer.ShouldBe(status);
        text.ShouldBeEmpty();
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", accept);
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
