using System.Net;
using System.Net.Sockets;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>What holds for every endpoint: whence changes may come, how fast, how large.</summary>
public sealed class HubRulesTests
{
    private const string Repositories = "/api/hub/repositories";

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "none", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Origin", "http://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "OWN", true)]
    [InlineData("X-Nothing", "1", false)]
    public async Task ChangeWithACookie_ComesFromTheHubsOwnPagesOrNotAtAll(string header, string value, bool isAllowed)
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddUserAsync("ada");
        var name = await hub.AddRepositoryAsync(ada, "one");
        var cookie = (await hub.SignInAsync(ada)).Single(credential => credential.Name == "Cookie").Value;
        value = value == "OWN" ? hub.Address.GetLeftPart(UriPartial.Authority) : value;

        using var response = await hub.As(null).SendAsync(HttpMethod.Delete, $"{Repositories}/{name}", ("Cookie", cookie), (header, value));

        response.StatusCode.ShouldBe(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        using var read = await hub.As(null).SendAsync(HttpMethod.Get, "/api/hub/whoami", ("Cookie", cookie), (header, value));
        read.StatusCode.ShouldBe(HttpStatusCode.OK, "reading is not a change");
    }

    [Fact]
    public async Task ChangeWithAToken_NeedsNoOrigin()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddUserAsync("ada");
        var name = await hub.AddRepositoryAsync(ada, "one");
        var token = await hub.AddTokenAsync(ada, ActorScope.Write);

        using var response = await hub.As(null).SendAsync(HttpMethod.Delete, $"{Repositories}/{name}", ("Authorization", $"Bearer {token}"), ("Sec-Fetch-Site", "cross-site"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TooManyRequests_AreToldWhenToComeBack()
    {
        await using var hub = await RunningHub.StartAsync("--Api:AnonymousBurst=5", "--Api:AnonymousPerSecond=1");
        var ada = await hub.AddUserAsync("ada");
        var nobody = hub.As(null);
        var statuses = new List<HttpStatusCode>();
        for (var k = 0; k < 8; k++)
        {
            using var response = await nobody.GetAsync(Repositories, RunningHub.Cancel);
            statuses.Add(response.StatusCode);
        }

        statuses.Take(5).ShouldAllBe(status => status == HttpStatusCode.OK);
        statuses.ShouldContain(HttpStatusCode.TooManyRequests);
        using var refused = await nobody.GetAsync(Repositories, RunningHub.Cancel);
        if (refused.StatusCode == HttpStatusCode.TooManyRequests)
            refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 10);
        (await hub.As(ada).GetAsync(Repositories, RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK, "an account has a bucket of its own");
        (await nobody.GetAsync("/api/hub/health", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent, "a supervisor is not held back");
    }

    [Fact]
    public async Task LargeBody_IsRefusedWhereNoneIsExpected()
    {
        await using var hub = await RunningHub.StartAsync();
        var asAda = hub.As(await hub.AddUserAsync("ada"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Repositories);
        request.Content = new StringContent($$"""{"name":"{{new string('x', 5_000_000)}}"}""", Encoding.UTF8, "application/json");
        // So that the refusal comes before the body is sent: a connection that is closed on a sender is read by few.
        request.Headers.ExpectContinue = true;

        await asAda.SendAsync(request, RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("X-Large", 40_000, "431")]
    [InlineData("Cookie", 40_000, "431")]
    public async Task OversizeHeaders_AreRefused(string header, int length, string status)
    {
        await using var hub = await RunningHub.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(hub.Address.Host, hub.Address.Port, RunningHub.Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {Repositories} HTTP/1.1\r\nHost: {hub.Address.Authority}\r\n{header}: {new string('x', length)}\r\n\r\n"), RunningHub.Cancel);
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync(RunningHub.Cancel))!.ShouldContain(status);
    }

    [Fact]
    public async Task StalledBody_IsGivenUp()
    {
        await using var hub = await RunningHub.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(hub.Address.Host, hub.Address.Port, RunningHub.Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {Repositories} HTTP/1.1\r\nHost: {hub.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"), RunningHub.Cancel);
        using var reader = new StreamReader(stream);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(RunningHub.Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));

        // Kestrel's rule: 240 bytes a second after five seconds.
        (await reader.ReadToEndAsync(limit.Token)).ShouldContain("408");
    }

    [Fact]
    public async Task ClosedHub_TellsStrangersItsNameOnly()
    {
        await using var hub = await RunningHub.StartAsync();
        var admin = await hub.AddUserAsync("admin", administrator: true);
        await hub.Get<HubSettingsStore>().UpdateAsync(admin, new HubSettings { AnonymousReading = false }, RunningHub.Cancel);

        (await hub.As(null).ReadAsync("/api/hub/about", HubJson.Default.HubAbout)).AnonymousReading.ShouldBeFalse();
        await hub.As(null).GetAsync(Repositories, RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await hub.As(admin).GetAsync(Repositories, RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
