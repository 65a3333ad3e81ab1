using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>A browser's page with what our tests ask of it, and everything that it complained about.</summary>
public sealed class HubPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Screen _screen;
    private readonly Theme _theme;
    private readonly ConcurrentQueue<string> _complaints = [];

    public HubPage(IBrowserContext context, IPage page, Screen screen, Theme theme)
    {
        _context = context;
        _screen = screen;
        _theme = theme;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>Errors and warnings of the console, such as scripts that the content security policy refused.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Opens an address and waits until its circuit has drawn it.</summary>
    public async Task<IResponse> GoAsync(string path)
    {
        var response = await Page.GotoAsync(path);
        await BecomeInteractiveAsync();
        return response!;
    }

    /// <summary>
    /// Waits until the page's address ends so. Never with Playwright's WaitForURLAsync: it looks first and listens afterwards,
    /// and waits for ever where the page arrives in between (playwright-dotnet, issue 3364).
    /// </summary>
    public Task ReachAsync(string ending) => ReachAsync(new Regex($"{Regex.Escape(ending)}$"));

    public Task ReachAsync(Regex address) => Assertions.Expect(Page).ToHaveURLAsync(address);

    /// <summary>Path and query of where the page is, as it says itself: what the driver knows of it may be older.</summary>
    public Task<string> ReadPathAsync() => Page.EvaluateAsync<string>("() => location.pathname + location.search");

    public Task BecomeInteractiveAsync() => Page.Locator("html[data-interactive]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

    /// <summary>Puts the hub far away: what its circuit and the page tell each other comes so much later, in order. Before the page is opened.</summary>
    public Task MoveAwayAsync(TimeSpan distance) => Page.RouteWebSocketAsync(new Regex("/_blazor"), near =>
    {
        var far = near.ConnectToServer();
        near.OnMessage(Later(far));
        far.OnMessage(Later(near));

        Action<IWebSocketFrame> Later(IWebSocketRoute other)
        {
            var before = Task.CompletedTask;
            return frame => before = SendAsync(before, frame, Task.Delay(distance));

            async Task SendAsync(Task earlier, IWebSocketFrame frame, Task way)
            {
                await Task.WhenAll(earlier, way);
                if (frame.Binary is { } bytes)
                    other.Send(bytes);
                else
                    other.Send(frame.Text!);
            }
        }
    });

    /// <summary>Waits until the first line of a series has so many points.</summary>
    public Task SeePointsAsync(string series, int count) =>
        Assertions.Expect(Page.Locator($"polyline[data-series='{series}']").First).ToHaveAttributeAsync("points", new Regex($@"^(\S+ ?){{{count}}}$"));

    /// <summary>The whole page as artifacts/screenshots/{name}-{desktop|phone}-{light|dark}.png, to be looked at.</summary>
    public async Task ShootAsync(string name)
    {
        var file = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{_screen}-{_theme}.png".ToLowerInvariant());
        await Page.EvaluateAsync("() => document.fonts.ready");
        // As tall as the page, so that what sticks to the foot of the screen is at the foot of the picture.
        var screen = Page.ViewportSize!;
        var height = await Page.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollHeight, innerHeight)");
        await Page.SetViewportSizeAsync(screen.Width, height);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Animations = ScreenshotAnimations.Disabled });
        await Page.SetViewportSizeAsync(screen.Width, screen.Height);
    }

    /// <summary>What axe finds on the page and calls serious or critical: rule, element, and what to do.</summary>
    public async Task<IReadOnlyList<string>> FindBarriersAsync()
    {
        var found = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        return [.. from violation in found.Violations
                   where violation.Impact is "serious" or "critical"
                   from node in violation.Nodes
                   select $"{violation.Id}: {node.Target} {node.Html}\n  {violation.Help}; {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}"];
    }

    /// <summary>How far the page's parts jumped since it was opened (cumulative layout shift).</summary>
    public Task<double> MeasureShiftAsync() => Page.EvaluateAsync<double>(
        "() => new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value; })"
        + ".observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 200); })");

    /// <summary>Pixels by which the page is wider than the screen.</summary>
    public Task<int> MeasureOverflowAsync() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    public async ValueTask DisposeAsync()
    {
        await DescribeAsync();
        await _context.DisposeAsync();
    }

    /// <summary>What was on the page at the end, for the report of a test that failed.</summary>
    private async Task DescribeAsync()
    {
        try
        {
            var text = await Page.EvaluateAsync<string>(
                "() => `${location.href} \"${document.title}\" ${JSON.stringify(document.documentElement.dataset)}\\n"
                + "Told: ${[...document.querySelectorAll('[role=alert], [role=status], .notice')].filter(one => one.checkVisibility()).map(one => one.innerText.trim()).filter(one => one).join(' | ')}\\n"
                + "Main: ${(document.querySelector('main') ?? document.body).innerText.replaceAll(/\\s+/g, ' ').slice(0, 1500)}`").WaitAsync(TimeSpan.FromSeconds(5));
            TestContext.Current.TestOutputHelper?.WriteLine($"The page at the end: {text}\nThe console's complaints: {string.Join(" | ", _complaints)}");
        }
        catch (Exception gone) when (gone is PlaywrightException or TimeoutException)
        {
            // It cannot be asked any more.
        }
    }
}
