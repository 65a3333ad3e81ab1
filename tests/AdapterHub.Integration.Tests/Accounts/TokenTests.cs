using System.Net;
using System.Net.Http.Headers;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Integration.Tests.Hub;

namespace AdapterHub.Integration.Tests.Accounts;

public sealed class TokenTests
{
    [Fact]
    public async Task Scopes_AreWhatTheApiGoesBy()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var secret = await hub.AddRepositoryAsync(ada, "secret", RepositoryVisibility.Private);
        using var nobody = Client(hub, null);
        using var reader = Client(hub, await TokenAsync(hub, ada, ActorScope.Read));
        using var writer = Client(hub, await TokenAsync(hub, ada, ActorScope.Write));
        var path = $"/api/hub/repositories/{secret}";

        await nobody.GetAsync(path, RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await reader.GetAsync(path, RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await reader.SendAsync(HttpMethod.Delete, path).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        (await writer.SendAsync(HttpMethod.Delete, path)).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task TokenNotInForce_FailsEvenWhatIsPublic_AndSaysWhy()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var name = await hub.AddRepositoryAsync(ada, "open");
        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "t", ActorScope.Read, null, RunningHub.Cancel);
        using var client = Client(hub, token.Token);
        (await client.GetAsync($"/api/hub/repositories/{name}", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await hub.Get<TokenRegistry>().RevokeAsync(ada, token.View.Id, RunningHub.Cancel);

        var problem = await client.GetAsync($"/api/hub/repositories/{name}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        problem.Detail!.ShouldContain("revoked");
    }

    [Fact]
    public async Task TokenOfAnotherHub_CountsAsNone()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var open = await hub.AddRepositoryAsync(ada, "open");
        var secret = await hub.AddRepositoryAsync(ada, "secret", RepositoryVisibility.Private);
        using var client = Client(hub, "hf_abcdefghijklmnopqrstuvwxyz");

        (await client.GetAsync($"/api/hub/repositories/{open}", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.GetAsync($"/api/hub/repositories/{secret}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ManyWrongTokens_AreHeldBack_RightOnesPass()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        using var guesser = Client(hub, "ah_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        var answers = new List<HttpResponseMessage>();

        for (var i = 0; i < 70; i++)
            answers.Add(await guesser.GetAsync("/api/hub/repositories", RunningHub.Cancel));

        answers[0].StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answers[^1].StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answers[^1].Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        using var right = Client(hub, await TokenAsync(hub, ada, ActorScope.Read));
        (await right.GetAsync("/api/hub/repositories", RunningHub.Cancel)).StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task CookieBesideAToken_DoesNotCount()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var name = await hub.AddRepositoryAsync(ada, "one");
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ada");
        var cookie = browser.SessionCookies.Single();
        using var client = Client(hub, await TokenAsync(hub, ada, ActorScope.Read));

        await client.SendAsync(HttpMethod.Delete, $"/api/hub/repositories/{name}", ("Cookie", $"{cookie.Name}={cookie.Value}")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    private static async Task<string> TokenAsync(RunningHub hub, Actor actor, ActorScope scope) =>
        (await hub.Get<TokenRegistry>().CreateAsync(actor, $"{scope}", scope, null, RunningHub.Cancel)).Token;

    private static HttpClient Client(RunningHub hub, string? token)
    {
        var client = hub.As(null);
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
