using System.Net;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using static AdapterHub.Integration.Tests.Accounts.AccountsHub;

namespace AdapterHub.Integration.Tests.Accounts;

public sealed class AccountPagesTests
{
    private const string NewPassword = "another good phrase";
    private static readonly string[] Own = ["/account", "/account/password", "/account/tokens", "/account/sessions", "/account/organizations", "/account/close", "/organizations/new"];
    private static readonly string[] Administrators = ["/admin", "/admin/users", "/admin/users/ada", "/admin/invitations", "/admin/storage", "/admin/settings", "/admin/audit"];

    [Fact]
    public async Task Strangers_AreLedToSignIn_AndBack()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();

        foreach (var path in (string[])[.. Own, .. Administrators])
        {
            var answer = await browser.GetAsync(path + "?x=1");
            (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, $"/sign-in?returnUrl={Uri.EscapeDataString(path + "?x=1")}"), path);
        }

        (await browser.SignInAsync("ada", path: "/sign-in?returnUrl=%2Fadmin%2Faudit%3Fuser%3Dada")).Location.ShouldBe("/admin/audit?user=ada");
    }

    [Fact]
    public async Task People_OpenTheirOwnPages_AndNoneOfTheAdministrators()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        await hub.AddPersonAsync(ada, "ben");
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ben");

        foreach (var path in Own)
            (await browser.GetAsync(path)).Status.ShouldBe(HttpStatusCode.OK, path);
        foreach (var path in Administrators)
            (await browser.GetAsync(path)).Status.ShouldBe(HttpStatusCode.Forbidden, path);
    }

    [Fact]
    public async Task Administrators_OpenEveryPage()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ada");

        foreach (var path in Administrators)
            (await browser.GetAsync(path)).Status.ShouldBe(HttpStatusCode.OK, path);
    }

    [Fact]
    public async Task Programs_GetABareRefusal()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var token = await hub.Get<TokenRegistry>().CreateAsync(ada, "t", ActorScope.Write, null, RunningHub.Cancel);
        using var nobody = hub.As(null);
        using var bearer = hub.As(null);
        bearer.DefaultRequestHeaders.Authorization = new("Bearer", token.Token);

        (await nobody.GetAsync("/account/tokens", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await bearer.GetAsync("/admin/users", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await bearer.GetAsync("/account/tokens", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task NewPassword_KeepsThisBrowserAndSignsOthersOut()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var browser = hub.OpenBrowser();
        using var other = hub.OpenBrowser();
        await browser.SignInAsync("ada");
        await other.SignInAsync("ada");

        (await browser.SubmitAsync("/account/password", ("current", "wrong"), ("password", NewPassword), ("again", NewPassword))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var answer = await browser.SubmitAsync("/account/password", ("current", Password), ("password", NewPassword), ("again", NewPassword));

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/account/password?done=1"));
        (await browser.IsSignedInAsync("ada")).ShouldBeTrue();
        (await other.IsSignedInAsync("ada")).ShouldBeFalse();
    }

    [Fact]
    public async Task Sessions_EndOneByOneAndTogether()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAdministratorAsync();
        using var first = hub.OpenBrowser();
        using var second = hub.OpenBrowser();
        using var third = hub.OpenBrowser();
        foreach (var browser in new[] { first, second, third })
            await browser.SignInAsync("ada");

        (await first.SubmitAsync("/account/sessions", ("end", "others"))).Location.ShouldBe("/account/sessions");
        (await first.IsSignedInAsync("ada")).ShouldBeTrue();
        (await second.IsSignedInAsync("ada")).ShouldBeFalse();
        (await first.SubmitAsync("/account/sessions", ("end", "all"))).Location.ShouldBe("/");
        (await first.IsSignedInAsync("ada")).ShouldBeFalse();
    }

    [Fact]
    public async Task ClosedAccount_IsSignedOutAndGone()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var ben = await hub.AddPersonAsync(ada, "ben");
        var name = await hub.AddRepositoryAsync(ben, "one");
        using var browser = hub.OpenBrowser();
        await browser.SignInAsync("ben");

        (await browser.SubmitAsync("/account/close", ("name", "bem"), ("password", Password), ("heir", ""))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await browser.IsSignedInAsync("ben")).ShouldBeTrue();
        (await browser.SubmitAsync("/account/close", ("name", "ben"), ("password", Password), ("heir", ""))).Location.ShouldBe("/");

        (await browser.IsSignedInAsync("ben")).ShouldBeFalse();
        (await browser.GetAsync($"/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await browser.SignInAsync("ben")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Invitation_LeadsToAnAccount_Once()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var key = (await hub.Get<Invitations>().CreateAsync(ada, "Grace", TimeSpan.FromDays(1), RunningHub.Cancel)).Key;
        using var browser = hub.OpenBrowser();
        (await browser.GetAsync("/register")).Status.ShouldBe(HttpStatusCode.Forbidden);

        var answer = await browser.SubmitAsync($"/register?invitation={key}", ("name", "grace"), ("password", Password), ("again", Password));

        (answer.Status, answer.Location).ShouldBe((HttpStatusCode.Found, "/"));
        (await browser.IsSignedInAsync("grace")).ShouldBeTrue();
        (await browser.GetAsync($"/register?invitation={key}")).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task PasswordLink_SetsThePasswordAndSignsIn_Once()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        await hub.AddPersonAsync(ada, "ben");
        var key = (await hub.Get<Invitations>().CreatePasswordLinkAsync(ada, "ben", TimeSpan.FromDays(1), RunningHub.Cancel)).Key;
        using var browser = hub.OpenBrowser();

        (await browser.GetAsync($"/register?invitation={key}")).Status.ShouldBe(HttpStatusCode.Gone);
        (await browser.SubmitAsync($"/new-password?key={key}", ("password", NewPassword), ("again", NewPassword))).Location.ShouldBe("/");

        (await browser.IsSignedInAsync("ben")).ShouldBeTrue();
        (await browser.GetAsync($"/new-password?key={key}")).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task HubForItsMembers_ShowsStrangersNothingButTheDoor()
    {
        await using var hub = await RunningHub.StartAsync();
        var ada = await hub.AddAdministratorAsync();
        var name = await hub.AddRepositoryAsync(ada, "one");
        await hub.Get<HubSettingsStore>().UpdateAsync(ada, new HubSettings { AnonymousReading = false }, RunningHub.Cancel);
        using var browser = hub.OpenBrowser();
        using var program = hub.As(null);

        foreach (var path in new[] { "/", $"/{name}", "/models", "/nothing/there" })
            (await browser.GetAsync(path)).Location.ShouldStartWith("/sign-in", customMessage: path);
        await program.GetAsync($"/api/hub/repositories/{name}", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await browser.GetAsync("/sign-in")).Status.ShouldBe(HttpStatusCode.OK);
        (await program.GetAsync("/css/app.css", RunningHub.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.SignInAsync("ada");
        (await browser.GetAsync($"/{name}")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
