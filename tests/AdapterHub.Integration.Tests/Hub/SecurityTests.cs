using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>What stands before every page and endpoint: headers, origins, host names, sizes.</summary>
public sealed class SecurityTests
{
    private const string ForeignOrigin = "https://evil.example";

    [Fact]
    public async Task Page_RunsOnlyOurScriptFiles()
    {
        await using var hub = await RunningHub.StartAsync();
        using var answer = await GetPageAsync(hub, "/");

        var policy = PolicyOf(answer);
        policy["script-src"].ShouldBe("'self'");
        policy["default-src"].ShouldBe("'self'");
        policy["style-src"].ShouldBe("'self' 'unsafe-inline'");
        policy["img-src"].ShouldBe("'self' data:");
        policy["object-src"].ShouldBe("'none'");
        policy["base-uri"].ShouldBe("'self'");
        policy["form-action"].ShouldBe("'self'");
        policy["frame-ancestors"].ShouldBe("'none'");
        policy["connect-src"].ShouldBe($"'self' ws://{hub.Address.Authority} wss://{hub.Address.Authority}");

        var html = await answer.Content.ReadAsStringAsync(RunningHub.Cancel);
        Regex.Matches(html, @"<script(?![^>]*\ssrc=)[^>]*>").ShouldBeEmpty("inline scripts would not run");
        Regex.Matches(html, @"<[^>]+\son[a-z]+=").ShouldBeEmpty("nor would scripts in attributes");
    }

    [Fact]
    public async Task EveryAnswer_CarriesTheOtherHeaders()
    {
        await using var hub = await RunningHub.StartAsync();
        foreach (var path in new[] { "/", "/css/app.css", "/no-such-page", "/api/hub/no-such-endpoint" })
        {
            using var answer = await GetPageAsync(hub, path);
            HeaderOf(answer, "X-Content-Type-Options").ShouldBe("nosniff", path);
            HeaderOf(answer, "X-Frame-Options").ShouldBe("DENY", path);
            HeaderOf(answer, "Referrer-Policy").ShouldBe("same-origin", path);
            HeaderOf(answer, "Cross-Origin-Opener-Policy").ShouldBe("same-origin", path);
            HeaderOf(answer, "Cross-Origin-Resource-Policy").ShouldBe("same-origin", path);
            HeaderOf(answer, "Permissions-Policy")!.ShouldContain("camera=()", customMessage: path);
            HeaderOf(answer, "Server").ShouldBeNull(path);
            HeaderOf(answer, "Strict-Transport-Security").ShouldBeNull("this is plain HTTP on this machine");
        }
    }

    [Fact]
    public async Task RemoteImages_AreAllowedOnlyWhereTheReaderAskedForThem()
    {
        await using var hub = await RunningHub.StartAsync();
        using var asked = await GetPageAsync(hub, "/?images=remote");
        using var other = await GetPageAsync(hub, "/?images=all");

        PolicyOf(asked)["img-src"].ShouldBe("'self' data: https:");
        PolicyOf(asked)["script-src"].ShouldBe("'self'");
        PolicyOf(other)["img-src"].ShouldBe("'self' data:");
    }

    [Fact]
    public async Task WhatIsNoPage_IsInertWhenOpened()
    {
        await using var hub = await RunningHub.StartAsync();
        foreach (var path in new[] { "/css/app.css", "/favicon.svg", "/api/hub/no-such-endpoint" })
        {
            using var answer = await GetPageAsync(hub, path);
            var policy = PolicyOf(answer);
            policy["default-src"].ShouldBe("'none'", path);
            policy.ShouldContainKey("sandbox", path);
        }
    }

    [Theory]
    [InlineData(ForeignOrigin, HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("own", HttpStatusCode.OK)]
    public async Task Circuit_IsNegotiatedWithOurOwnPagesOnly(string? origin, HttpStatusCode status)
    {
        await using var hub = await RunningHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        if (origin is not null)
            request.Headers.Add("Origin", origin == "own" ? hub.Address.GetLeftPart(UriPartial.Authority) : origin);
        using var answer = await hub.As(null).SendAsync(request, RunningHub.Cancel);
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task WebSocketOfAnotherSite_IsRefused()
    {
        await using var hub = await RunningHub.StartAsync();
        var address = new UriBuilder(hub.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;
        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", ForeignOrigin);
        foreign.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(() => foreign.ConnectAsync(address, RunningHub.Cancel));
        foreign.HttpStatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", hub.Address.GetLeftPart(UriPartial.Authority));
        await own.ConnectAsync(address, RunningHub.Cancel);
        own.State.ShouldBe(WebSocketState.Open);
    }

    [Fact]
    public async Task ChangeWithCookiesFromAnotherSite_IsRefused()
    {
        await using var hub = await RunningHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Origin", ForeignOrigin);
        request.Headers.Add("Cookie", "a=b");
        using var answer = await hub.As(null).SendAsync(request, RunningHub.Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    public async Task HostName_MustBeThisMachines(string host, HttpStatusCode status)
    {
        await using var hub = await RunningHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = $"{host}:{hub.Address.Port}";
        using var answer = await hub.As(null).SendAsync(request, RunningHub.Cancel);
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task OversizeRequests_AreRefused()
    {
        await using var hub = await RunningHub.StartAsync();
        using var headers = new HttpRequestMessage(HttpMethod.Get, "/");
        headers.Headers.Add("X-Large", new string('a', 40_000));
        using var answer = await hub.As(null).SendAsync(headers, RunningHub.Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);

        using var line = await hub.As(null).GetAsync(new Uri("/?q=" + new string('a', 10_000), UriKind.Relative), RunningHub.Cancel);
        line.StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);

        using var body = new HttpRequestMessage(HttpMethod.Post, "/errors/400") { Content = new StringContent("a=" + new string('b', 5_000_000), Encoding.ASCII, "application/x-www-form-urlencoded") };
        body.Headers.ExpectContinue = true;
        using var refused = await hub.As(null).SendAsync(body, RunningHub.Cancel);
        refused.StatusCode.ShouldBeOneOf(HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest);
    }

    private static async Task<HttpResponseMessage> GetPageAsync(RunningHub hub, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return await hub.As(null).SendAsync(request, RunningHub.Cancel);
    }

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static Dictionary<string, string> PolicyOf(HttpResponseMessage answer)
    {
        answer.Headers.GetValues("Content-Security-Policy").Count().ShouldBe(1, "several policies would all apply");
        return HeaderOf(answer, "Content-Security-Policy")!.Split("; ")
            .Select(directive => directive.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal);
    }
}
