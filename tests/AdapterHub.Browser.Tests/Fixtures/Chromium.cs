using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>One Chromium for all tests; each test opens pages in a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why there is none; null where there is one.</summary>
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        var program = Environment.GetEnvironmentVariable("ADAPTERHUB_CHROMIUM") is { Length: > 0 } set ? set : Places.FirstOrDefault(File.Exists);
        if (program is null)
        {
            _missing = "Chromium is not installed (apt-get install chromium), so pages cannot be tested here.";
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page as a visitor of the given kind sees it. Skips the test where there is no Chromium; in CI that is a failure.</summary>
    public Task<HubPage> OpenAsync(HubServer server, Screen screen = Screen.Desktop, Theme theme = Theme.Light) => OpenAsync(server.Url, screen, theme);

    /// <param name="address">Where the hub is.</param>
    /// <param name="screen">Its size.</param>
    /// <param name="theme">What the visitor prefers.</param>
    public async Task<HubPage> OpenAsync(string address, Screen screen = Screen.Desktop, Theme theme = Theme.Light)
    {
        if (_browser is null)
        {
            (Environment.GetEnvironmentVariable("CI") is "true").ShouldBeFalse(_missing);
            Assert.Skip(_missing!);
        }

        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ColorScheme = theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = screen == Screen.Phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 800 },
            DeviceScaleFactor = screen == Screen.Phone ? 2 : 1,
            HasTouch = screen == Screen.Phone,
            IsMobile = screen == Screen.Phone,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        // Two cores for the hub, its engine and worker, Chromium and the tests; and what else the machine does is not ours to say.
        context.SetDefaultTimeout(120_000);
        Assertions.SetDefaultExpectTimeout(120_000);
        return new HubPage(context, await context.NewPageAsync(), screen, theme);
    }
}

public enum Screen
{
    Desktop,
    Phone,
}

public enum Theme
{
    Light,
    Dark,
}
