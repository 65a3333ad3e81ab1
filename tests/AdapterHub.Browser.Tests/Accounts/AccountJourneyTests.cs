using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Accounts;

public sealed class AccountJourneyTests(Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_IsMadeShownOnceAndRevoked()
    {
        await using var server = await HubServer.StartAsync();
        await server.AddAdministratorAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync("ada");
        await page.GoAsync("/account/tokens");

        await page.Page.GetByLabel("Name").FillAsync("laptop");
        await page.Page.GetByLabel("read and write").CheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create the token" }).ClickAsync();
        var token = await page.Page.Locator("figure.snippet code").First.InnerTextAsync();

        var actor = await server.Get<TokenAuthentication>().FindAsync(token, null, Cancel);
        (actor!.Name, actor.Scope).ShouldBe(("ada", ActorScope.Write));
        await page.GoAsync("/account/tokens");
        (await page.Page.ContentAsync()).ShouldNotContain(token);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke laptop" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByText("No tokens")).ToBeVisibleAsync();
        (await server.Get<TokenAuthentication>().FindAsync(token, null, Cancel)).ShouldBeNull();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Organisation_IsFounded_GetsAMember_AndKeepsItsLastOwner()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var ben = await server.AddPersonAsync(ada, "ben");
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync("ada");
        await page.GoAsync("/organizations/new");

        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("lab");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Found it" }).ClickAsync();
        await page.ReachAsync("/organizations/lab");
        await page.Page.GetByLabel("User name").FillAsync("ben");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByLabel("Role of ben")).ToHaveValueAsync("Writer");

        (await server.Get<OwnerDirectory>().ListWritableAsync(ben, Cancel)).Select(owner => owner.Name).ShouldBe(["ben", "lab"]);
        await page.Page.GetByLabel("Role of ada").SelectOptionAsync("Reader");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("no owner left");
        (await server.Get<Organizations>().GetAsync(ada, "lab", Cancel)).Role.ShouldBe(AdapterHub.Catalog.Database.AccessRole.Owner);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Administrator_InvitesAndDisables()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.AddPersonAsync(ada, "ben");
        await using var page = await chromium.OpenAsync(server);
        await using var guest = await chromium.OpenAsync(server);
        await page.SignInAsync("ada");
        await page.GoAsync("/admin/invitations");

        await page.Page.GetByLabel("For whom").FillAsync("Grace");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var link = await page.Page.Locator("figure.snippet code").InnerTextAsync();
        await guest.Page.GotoAsync(link);
        await guest.Page.GetByLabel("User name").FillAsync("grace");
        await guest.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(PeopledHub.Password);
        await guest.Page.GetByLabel("The password again").FillAsync(PeopledHub.Password);
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await Expect(guest.Page.GetByLabel("Account of grace")).ToBeVisibleAsync();

        await page.GoAsync("/admin/users/ben");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Disable" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Enable" })).ToBeVisibleAsync();
        (await server.Get<PasswordSignIn>().CheckAsync(Actor.Anonymous, "ben", PeopledHub.Password, Cancel)).Outcome.ShouldBe(SignInOutcome.Disabled);
    }

    /// <summary>A circuit is no way around the end of a session: the next deed is refused at once, and the page goes within a minute.</summary>
    [Fact, Trait("Category", "Slow")]
    public async Task DisabledAccount_LosesItsOpenPage()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var ben = await server.AddPersonAsync(ada, "ben");
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync("ben");
        await page.GoAsync("/account/tokens");

        await server.Get<Administration>().SetDisabledAsync(ada, "ben", true, Cancel);
        await page.Page.GetByLabel("Name").FillAsync("sneaky");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create the token" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Sign in");

        (await server.Get<TokenRegistry>().ListAsync(ben, Cancel)).ShouldBeEmpty();
        await page.ReachAsync(new Regex("/sign-in\\?returnUrl="));
    }
}
