using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Journeys;

/// <summary>A card is edited, lives through a reload, and becomes a version.</summary>
public sealed class CardTests(Chromium chromium)
{
    [Fact]
    public async Task CardEdited_ReloadedInTheMiddle_AndPublished_IsTheNewVersion()
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.BecomeFirstAsync(server, "ada");
        await page.PublishAsync(Path.Combine(Visitor.Seeds, "adapters", "devils-dictionary"), "bierce");

        await page.GoAsync("/ada/bierce/edit");
        await page.ReachDraftAsync();
        await page.Page.Locator("#card-body").FillAsync("# Bierce\n\nSneers *well*.\n");
        await Expect(page.Page.Locator(".card-preview em")).ToHaveTextAsync("well");
        await Expect(page.Page.GetByText("Saved")).ToBeVisibleAsync();

        await page.Page.ReloadAsync();
        await page.BecomeInteractiveAsync();
        await Expect(page.Page.Locator("#card-body")).ToHaveValueAsync("# Bierce\n\nSneers *well*.\n");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await page.ReachAsync("/ada/bierce");
        await Expect(page.Page.Locator("article.card-body em")).ToHaveTextAsync("well");
        await page.GoAsync("/ada/bierce?tab=versions");
        await Expect(page.Page.Locator(".version")).ToHaveCountAsync(2);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Changes" }).ClickAsync();
        await Expect(page.Page.Locator(".diff-in").First).ToBeVisibleAsync();
        await page.ShootAsync("versions-difference");
    }
}
