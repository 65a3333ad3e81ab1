using AdapterHub.Browser.Tests.Fixtures;

namespace AdapterHub.Browser.Tests.Shell;

/// <summary>Every page of the frame on a desktop and a phone, light and dark: screenshots to look at, barriers, overflow, layout shift.</summary>
public sealed class LookTests(Chromium chromium)
{
    public static TheoryData<string, string> Pages => new()
    {
        { "home", "/" },
        { "styleguide-basics", "/styleguide" },
        { "styleguide-controls", "/styleguide?tab=controls" },
        { "styleguide-states", "/styleguide?tab=states" },
        { "styleguide-radzen", "/styleguide?tab=radzen" },
        { "error-403", "/errors/403" },
        { "error-404", "/no-such-page" },
        { "error-500", "/errors/500" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_HasNoBarriersAndFitsTheScreen(string name, string path)
    {
        await using var server = await HubServer.StartAsync();
        foreach (var screen in Enum.GetValues<Screen>())
        {
            foreach (var theme in Enum.GetValues<Theme>())
            {
                await using var page = await chromium.OpenAsync(server, screen, theme);
                await page.Page.GotoAsync(path);
                if (!name.StartsWith("error", StringComparison.Ordinal))
                    await page.BecomeInteractiveAsync();
                if (name == "styleguide-radzen")
                    await page.Page.Locator(".rz-line-series").First.WaitForAsync();
                var shift = await page.MeasureShiftAsync();
                await page.ShootAsync(name);

                var place = $"{path} on a {screen} in the {theme} theme";
                (await page.FindBarriersAsync()).ShouldBeEmpty(place);
                (await page.MeasureOverflowAsync()).ShouldBe(0, place);
                // What Google calls good is below 0.1; our pages hold still.
                shift.ShouldBeLessThan(0.01, place);
                page.Complaints.Where(text => !text.Contains("the server responded with a status", StringComparison.Ordinal)).ShouldBeEmpty(place);
            }
        }
    }
}
