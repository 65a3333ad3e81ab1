using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Shell;

public sealed class ThemeTests(Chromium chromium)
{
    private const string NoteTheFirstFrame = "requestAnimationFrame(() => { window.themeAtFirstFrame = document.documentElement?.dataset.theme; });";

    [Theory]
    [InlineData(Theme.Light, "light")]
    [InlineData(Theme.Dark, "dark")]
    public async Task FirstVisit_FollowsTheSystemBeforeTheFirstPaint(Theme system, string expected)
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server, theme: system);
        await page.Page.AddInitScriptAsync(NoteTheFirstFrame);
        await page.GoAsync("/styleguide");

        (await page.Page.EvaluateAsync<string>("() => window.themeAtFirstFrame")).ShouldBe(expected);
        await ShowsAsync(page, expected);
    }

    [Fact]
    public async Task ChosenTheme_IsInTheMarkupOfTheNextPage()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        await ChooseAsync(page, "Dark");
        await ShowsAsync(page, "dark");

        var markup = await (await page.Page.ReloadAsync())!.TextAsync();
        markup.ShouldContain("data-theme=\"dark\"");
        await page.BecomeInteractiveAsync();
        await ShowsAsync(page, "dark");
        await ChooseAsync(page, "As the system");
        await ShowsAsync(page, "light");
    }

    [Fact]
    public async Task SystemThatTurnsDark_IsFollowedUnlessAThemeWasChosen()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await ShowsAsync(page, "dark");

        await ChooseAsync(page, "Light");
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await ShowsAsync(page, "light");
    }

    private static async Task ChooseAsync(HubPage page, string choice)
    {
        await page.Page.Locator("summary[aria-label='Theme']").ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = choice, Exact = true }).ClickAsync();
    }

    /// <summary>The system's wish reaches the page with its next frame.</summary>
    private static Task ShowsAsync(HubPage page, string theme) => Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", theme);
}
