using AdapterHub.Browser.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>The playground on every screen: pictures to look at, and what can be measured of them.</summary>
[Trait("Category", "Slow")]
public sealed class PlaygroundLookTests(Chromium chromium, PlaygroundHub hub) : IClassFixture<PlaygroundHub>
{
    private const string Three = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:0.7&a=adapterhub/devils-dictionary:0.6&a=adapterhub/database-manual:-0.3&prompt=In%20the%20beginning&t=0.7";

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
            await Expect(page.Page.Locator("[data-lane='blend']")).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 60_000 });
            await page.Page.Locator("[data-lane='adapter 1'] .token").Nth(3).ClickAsync();
            await CheckAsync(page, $"playground-full {screen} {theme}", "playground-full");
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
