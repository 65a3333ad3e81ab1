using System.Net;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using static AdapterHub.Integration.Tests.Accounts.AccountsHub;

namespace AdapterHub.Integration.Tests.Accounts;

public sealed class FirstStartPageTests
{
    [Fact]
    public async Task Link_MakesTheAdministratorAndSignsTheBrowserIn_Once()
    {
        await using var hub = await RunningHub.StartAsync();
        using var browser = hub.OpenBrowser();
        var start = await StartAsync(hub);
        var page = await browser.GetAsync(start);
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Text.ShouldContain("Nobody has an account here yet");

        var answer = await browser.SubmitAsync(start, ("name", "ada"), ("password", Password), ("again", Password));

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/"));
        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
        using var other = hub.OpenBrowser();
        (await other.GetAsync(start)).Status.ShouldBe(HttpStatusCode.Gone);
        (await other.PostAsync(start, [.. page.HiddenFields, ("name", "eve"), ("password", Password), ("again", Password)])).Status.ShouldNotBe(HttpStatusCode.Found);
        (await other.IsSignedInAsync("eve")).ShouldBeFalse();
    }

    [Fact]
    public async Task OpeningTheLink_DoesNotUseItUp()
    {
        await using var hub = await RunningHub.StartAsync();
        using var preview = hub.OpenBrowser();
        var start = await StartAsync(hub);
        for (var i = 0; i < 5; i++)
            (await preview.GetAsync(start)).Status.ShouldBe(HttpStatusCode.OK);

        using var browser = hub.OpenBrowser();
        (await browser.SubmitAsync(start, ("name", "ada"), ("password", ""), ("again", ""))).Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task BadName_IsToldOnThePage_AndTheLinkStaysGood()
    {
        await using var hub = await RunningHub.StartAsync();
        using var browser = hub.OpenBrowser();
        var start = await StartAsync(hub);

        var refused = await browser.SubmitAsync(start, ("name", "login"), ("password", Password), ("again", Password));
        (refused.Status, refused.Text.Contains("\"login\" is reserved", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.UnprocessableEntity, true));
        var differing = await browser.SubmitAsync(start, ("name", "ada"), ("password", Password), ("again", "other"));
        (differing.Status, differing.Text.Contains("differ", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.UnprocessableEntity, true));

        (await browser.SubmitAsync(start, ("name", "ada"), ("password", Password), ("again", Password))).Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task LaterStart_SignsTheOwnerIn_AndShowsNobodyElse()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        var start = await StartAsync(hub);
        (await browser.GetAsync(start)).Text.ShouldContain("Sign in as ada");

        (await browser.SubmitAsync(start)).Status.ShouldBe(HttpStatusCode.Found);

        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
        (await browser.GetAsync(start)).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Theory]
    [InlineData("/start")]
    [InlineData("/start?key=")]
    [InlineData("/start?key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task WrongKey_IsGone(string path)
    {
        await using var hub = await RunningHub.StartAsync();
        await StartAsync(hub);
        using var browser = hub.OpenBrowser();

        var answer = await browser.GetAsync(path);

        answer.Status.ShouldBe(HttpStatusCode.Gone);
        answer.Text.ShouldContain("This link does not work");
    }

    [Fact]
    public async Task HubOfANetwork_AsksForAPassword()
    {
        await using var hub = await RunningHub.StartAsync();
        using var browser = hub.OpenBrowser();
        var link = await hub.Get<FirstStart>().IssueAsync(isPersonal: false, RunningHub.Cancel);

        var answer = await browser.SubmitAsync($"/start?key={link!.Key}", ("name", "ada"), ("password", ""), ("again", ""));

        (answer.Status, answer.Text.Contains("Give a password", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.UnprocessableEntity, true));
    }

    private static async Task<string> StartAsync(RunningHub hub) =>
        $"/start?key={(await hub.Get<FirstStart>().IssueAsync(isPersonal: true, RunningHub.Cancel))!.Key}";
}
