using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Journeys;

/// <summary>From the first start to a page that was searched for.</summary>
public sealed class BrowseTests(Chromium chromium)
{
    [Fact]
    public async Task FirstStart_EndsSignedIn()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);

        await page.BecomeFirstAsync(server, "ada");

        await page.Page.GetByLabel("Account of ada").ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Administration" })).ToBeVisibleAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task SearchFacetAndOpen_LeadToTheAdapter()
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(4);

        await page.Page.Locator("#browser-text").PressSequentiallyAsync("bible");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(1);
        await page.ReachAsync("/?q=bible");
        await page.Page.Locator("#browser-text").FillAsync("");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(4);

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "adapterhub/inkwell 4" }).ClickAsync();
        await page.ReachAsync("/?base=adapterhub/inkwell");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator(".browser-chosen")).ToContainTextAsync("adapterhub/inkwell");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "king-james" }).First.ClickAsync();
        await page.ReachAsync("/adapterhub/king-james");
        await Expect(page.Page.Locator("article.card-body")).ToContainTextAsync("Writes like the King James Bible");
        foreach (var tab in new[] { "Files", "Anatomy", "Metrics", "Versions", "Lineage" })
        {
            await page.Page.GetByRole(AriaRole.Link, new() { Name = tab }).First.ClickAsync();
            await page.ReachAsync($"/adapterhub/king-james?tab={tab.ToLowerInvariant()}");
            await page.ShootAsync($"adapter-{tab.ToLowerInvariant()}");
        }

        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task ServerRestartedUnderAnOpenPage_ThePageShowsTheSameAgainByItself()
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/?q=bible");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(1);
        await page.Page.EvaluateAsync("() => { window.before = true; }");

        await server.StopAsync();
        await server.StartAgainAsync();

        await page.Page.WaitForFunctionAsync("() => !window.before && 'interactive' in document.documentElement.dataset");
        await Expect(page.Page.Locator("#browser-text")).ToHaveValueAsync("bible");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(1);
    }
}
