using System.Net;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using static AdapterHub.Integration.Tests.Accounts.AccountsHub;

namespace AdapterHub.Integration.Tests.Accounts;

public sealed class SignInPageTests
{
    [Fact]
    public async Task RightPassword_StartsASession_WithACookieForThisHostAlone()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();

        var answer = await browser.SignInAsync("ADA");

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/"));
        var cookie = answer.SetCookies.Single(text => text.StartsWith("adapterhub-session-", StringComparison.Ordinal)).ToLowerInvariant();
        foreach (var part in new[] { "httponly", "samesite=lax", "path=/", "max-age=" })
            cookie.ShouldContain(part);
        cookie.ShouldNotContain("domain=");
        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
    }

    [Fact]
    public async Task WithoutStaySignedIn_TheCookieEndsWithTheBrowser()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();

        var answer = await browser.SubmitAsync("/sign-in", ("name", "ada"), ("password", Password));

        answer.SetCookies.Single(text => text.Contains("session", StringComparison.Ordinal)).ShouldNotContain("max-age", Case.Insensitive);
        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/models?q=a%20b", "/models?q=a%20b")]
    [InlineData("/ada/one?tab=files", "/ada/one?tab=files")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/%09/evil.example", "/%09/evil.example")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("evil.example", "/")]
    [InlineData("/\r\nSet-Cookie: a=b", "/")]
    [InlineData("/sign-out", "/")]
    public async Task Afterwards_LeadsOnlyToPagesOfThisHub(string asked, string expected)
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();

        var answer = await browser.SignInAsync("ada", path: $"/sign-in?returnUrl={Uri.EscapeDataString(asked)}");

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, expected));
    }

    [Fact]
    public async Task WrongPasswordAndUnknownName_GetTheSameAnswer()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();

        var wrong = await browser.SignInAsync("ada", "wrong password");
        var unknown = await browser.SignInAsync("eve", "wrong password");

        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Words(unknown, "eve").ShouldBe(Words(wrong, "ada"));
        browser.SessionCookies.ShouldBeEmpty();

        static string Words(Answer answer, string name) =>
            $"{answer.Status} {System.Text.RegularExpressions.Regex.Match(answer.Text, "(?s)<section class=\"entry.*</section>").Value}"
                .Replace($"\"{name}\"", "\"name\"", StringComparison.Ordinal) is var text
                ? System.Text.RegularExpressions.Regex.Replace(text, "value=\"CfDJ[^\"]+\"", "") : "";
    }

    [Fact]
    public async Task TwentyGuessesAtOneName_AreHeldBack_WhetherOrNotItExists()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        foreach (var name in new[] { "ada", "nobody" })
        {
            using var browser = hub.OpenBrowser();
            var statuses = new List<HttpStatusCode>();
            Answer answer;
            do
            {
                answer = await browser.SignInAsync(name, "wrong password");
                statuses.Add(answer.Status);
            }
            while (answer.Status == HttpStatusCode.UnprocessableEntity && statuses.Count < 100);

            answer.Status.ShouldBe(HttpStatusCode.TooManyRequests, name);
            answer.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(1, 300);
            answer.Text.ShouldContain("Too many attempts");
        }
    }

    [Fact]
    public async Task ManyPeopleOfOneAddress_WithRightPasswords_AreNotHeldBack()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        for (var i = 0; i < 32; i++)
        {
            using var browser = hub.OpenBrowser();
            (await browser.SignInAsync("ada")).Status.ShouldBe(HttpStatusCode.Found, $"attempt {i}");
        }
    }

    [Fact]
    public async Task FormOfAnotherSite_IsRefused()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        var page = await browser.GetAsync("/sign-in");
        (string, string)[] fields = [("name", "ada"), ("password", Password)];

        (await browser.PostAsync("/sign-in", [("_handler", "sign-in"), .. fields])).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.PostAsync("/sign-in", [.. page.HiddenFields, .. fields], ("Origin", "https://evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        using var stranger = hub.OpenBrowser();
        (await stranger.PostAsync("/sign-in", [.. page.HiddenFields, .. fields])).Status.ShouldBe(HttpStatusCode.BadRequest);

        browser.SessionCookies.ShouldBeEmpty();
        (await browser.PostAsync("/sign-in", [.. page.HiddenFields, .. fields])).Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task SignOut_NeedsTheHubsOwnForm_AndEndsTheSessionOnTheServer()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ada");
        var stolen = browser.SessionCookies.Single();

        (await browser.PostAsync("/sign-out", [])).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.GetAsync("/sign-out")).Status.ShouldNotBe(HttpStatusCode.Found);
        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
        var form = (await browser.GetAsync("/")).HiddenFields;
        var answer = await browser.PostAsync("/sign-out", form);

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/"));
        using var thief = hub.OpenBrowser();
        thief.Cookies.Add(hub.Address, new Cookie(stolen.Name, stolen.Value));
        (await thief.IsSignedInAsync("ada")).ShouldBeFalse();
    }

    [Fact]
    public async Task DisabledAccount_IsOutWithTheNextRequest()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        await hub.AddPersonAsync(ada, "ben");
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ben");
        (await browser.IsSignedInAsync("ben")).ShouldBeTrue();

        await hub.Get<Administration>().SetDisabledAsync(ada, "ben", true, RunningHub.Cancel);

        (await browser.IsSignedInAsync("ben")).ShouldBeFalse();
        (await browser.SignInAsync("ben")).Text.ShouldContain("disabled this account");
    }

    [Fact]
    public async Task SignedIn_TheFormLeadsOn()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ada");

        var answer = await browser.GetAsync("/sign-in?returnUrl=%2Fmodels");

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/models"));
    }
}
