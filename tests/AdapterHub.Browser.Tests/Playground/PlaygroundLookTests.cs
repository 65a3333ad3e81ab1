using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>The playground on every screen: pictures to look at, and what can be measured of them.</summary>
[Trait("Category", "Slow")]
public sealed class PlaygroundLookTests(Chromium chromium, PlaygroundHub hub) : IClassFixture<PlaygroundHub>
{
    private const string Three = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:0.7&a=adapterhub/devils-dictionary:0.6&a=adapterhub/database-manual:-0.3&prompt=In%20the%20beginning&t=0.7";

    private const string Talk = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:0.7&a=adapterhub/devils-dictionary:0.6&b=0.2&b=1.2&c=1:rising:8&as=chat&u=0:Who%20made%20the%20heavens%3F&u=0:And%20what%20is%20a%20politician%3F&tokens=40";

    [Fact]
    public async Task Page_FitsTheScreenAndHasNoBarriers()
    {
        var found = new List<string>();
        foreach (var (screen, theme) in new[] { (Screen.Desktop, Theme.Light), (Screen.Desktop, Theme.Dark), (Screen.Phone, Theme.Light), (Screen.Phone, Theme.Dark) })
        {
            await using var page = await chromium.OpenAsync(hub.Server, screen, theme);
            await page.SignInAsync(hub.Server, hub.Ada);
            await page.GoAsync("/playground");
            await CheckAsync(page, $"playground-empty {screen} {theme}", "playground-empty");
            await page.GoAsync(Three);
            await Expect(page.Page.Locator("[data-lane='blend']")).ToHaveAttributeAsync("data-state", "done");
            await page.Page.Locator("[data-lane='adapter 1'] .token").Nth(3).ClickAsync();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Keep what Blend wrote" }).ClickAsync();
            await page.Page.Locator("#history summary").ClickAsync();
            await CheckAsync(page, $"playground-full {screen} {theme}", "playground-full");
            page.Complaints.ShouldBeEmpty();
            if (screen == Screen.Desktop == (theme == Theme.Dark))
                continue; // two of the four see the rest too
            await page.GoAsync(Talk);
            await Expect(page.Page.Locator("[data-lane='blend B']")).ToHaveAttributeAsync("data-state", "done");
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Layers of adapterhub/king-james", Exact = true }).ClickAsync();
            await CheckAsync(page, $"playground-chat {screen} {theme}", "playground-chat");
            await page.GoAsync(Three.Replace("&t=0.7", "&t=0&tokens=16&across=1:-1:1:5&down=2:0:1:3&metric=differs", StringComparison.Ordinal));
            await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync("15 cells");
            await page.Page.Locator("[data-cell='2 3']").ClickAsync();
            await Expect(page.Page.Locator("[data-cell='2 3']")).ToHaveAttributeAsync("aria-pressed", "true");
            await CheckAsync(page, $"playground-grid {screen} {theme}", "playground-grid");
            page.Complaints.ShouldBeEmpty();
        }

        found.ShouldBeEmpty();

        async Task CheckAsync(HubPage page, string place, string name)
        {
            await page.ShootAsync(name);
            if (await page.MeasureOverflowAsync() is > 0 and var wider)
                found.Add($"{place} is {wider} px wider than the screen");
            found.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{place}: {barrier}"));
        }
    }
}
