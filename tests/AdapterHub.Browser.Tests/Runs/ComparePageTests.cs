using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>Runs beside each other, of which the worker's hand is the test's.</summary>
public sealed class ComparePageTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    [Fact]
    public async Task MarkedRuns_AreDrawnTogetherLive_AndTheAddressKeepsHowTheyAre()
    {
        var (low, high) = (await hub.LeadAsync("low-rank", RunsHub.Spec(rank: 4)), await hub.LeadAsync("high-rank", RunsHub.Spec(rank: 64)));
        await low.StepAsync(1, 30);
        await low.MeasureAsync(30, 2.5);
        await high.StepAsync(1, 30, lift: 1);
        await high.MeasureAsync(30, 2.25);
        await using var page = await OpenAsync("/runs");
        await page.Page.Locator(".runs[data-ready]").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Mark low-rank to compare it" }).CheckAsync();
        await page.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Mark high-rank to compare it" }).CheckAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Compare", Exact = true }).ClickAsync();
        var table = page.Page.Locator(".compared-table[data-ready]");
        await table.WaitForAsync();

        (await table.Locator("th.compared-name").AllInnerTextsAsync()).ShouldBe(["lora.rank"]);
        (await table.Locator("td.compared-value").AllInnerTextsAsync()).ShouldBe(["4", "64"]);
        await Assertions.Expect(table.Locator("tr", new() { HasText = "high-rank" })).ToContainTextAsync("best");
        await Assertions.Expect(page.Page.Locator("polyline[data-series='low-rank']")).ToHaveCountAsync(4);

        await low.StepAsync(31, 50);
        await Assertions.Expect(table.Locator("tr", new() { HasText = "low-rank" })).ToContainTextAsync("50 of 80");
        await page.SeePointsAsync("low-rank", 50);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw low-rank" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Log scale" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Best first" }).ClickAsync();
        await page.ReachAsync(WithAll("sort=best", "log=1", $"hide={low.Id}"));
        await page.Page.ReloadAsync();
        await table.WaitForAsync();
        (await page.Page.Locator("polyline[data-series='low-rank']").CountAsync()).ShouldBe(0);
        (await table.Locator(".compared-title").AllInnerTextsAsync()).ShouldBe(["high-rank", "low-rank"]);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task ChangesMadeFasterThanTheHubAnswers_AllReachTheAddress()
    {
        var (one, two, three, four) = (await hub.LeadAsync("near"), await hub.LeadAsync("far"), await hub.LeadAsync("farther"), await hub.LeadAsync("farthest"));
        foreach (var run in (LedRun[])[one, two, three, four])
            await run.StepAsync(1, 3);
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.MoveAwayAsync(TimeSpan.FromMilliseconds(400));
        await page.GoAsync($"/runs/compare?ids={one.Id},{two.Id},{three.Id},{four.Id}");
        await page.Page.Locator(".compared-table[data-ready]").WaitForAsync();
        foreach (var button in (string[])["Log scale", "Best first", "Draw near", "Draw far", "Leave out farther", "Leave out farthest"])
            await page.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await page.ReachAsync(WithAll("sort=best", "log=1", $"hide={one.Id}%2C{two.Id}", $"ids={one.Id}%2C{two.Id}"));
        page.Complaints.ShouldBeEmpty();
    }

    /// <summary>An address whose query has these, in whatever order.</summary>
    private static Regex WithAll(params IEnumerable<string> parts) => new($"^{string.Concat(parts.Select(part => $"(?=.*[?&]{Regex.Escape(part)}(&|$))"))}");

    [Fact]
    public async Task RunPage_OffersRunsOfTheSameBase()
    {
        var (one, other) = (await hub.LeadAsync("one-of-two"), await hub.LeadAsync("two-of-two"));
        await one.StepAsync(1, 3);
        await other.StepAsync(1, 3);
        await using var page = await OpenAsync($"/runs/{one.Id}");
        await page.Page.Locator("[data-run-state][data-ready]").WaitForAsync();
        await page.Page.GetByText("Compare with").ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "two-of-two" }).ClickAsync();
        await page.Page.Locator(".compared-table[data-ready]").WaitForAsync();
        await page.ReachAsync($"ids={one.Id},{other.Id}");
    }

    [Fact]
    public async Task HiddenRun_IsAsOneThatIsNotThere()
    {
        var run = await hub.LeadAsync("hidden-run");
        var eve = await hub.Server.AddPersonAsync(hub.Ada, "eve");
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, eve);
        await page.GoAsync($"/runs/compare?ids={run.Id},99999");
        await Assertions.Expect(page.Page.GetByText($"Runs {run.Id}, 99999 are not here, or you may not see them.")).ToBeVisibleAsync();
        (await page.Page.ContentAsync()).ShouldNotContain("hidden-run");
    }

    [Theory]
    [InlineData(Screen.Desktop, Theme.Light)]
    [InlineData(Screen.Desktop, Theme.Dark)]
    [InlineData(Screen.Phone, Theme.Light)]
    [InlineData(Screen.Phone, Theme.Dark)]
    public async Task Page_FitsTheScreenAndHasNoBarriers(Screen screen, Theme theme)
    {
        var ids = new List<long>();
        for (var k = 0; k < 9; k++)
        {
            var run = await hub.LeadAsync($"sweep of rates {k}", RunsHub.Spec(rank: 4 << (k % 3), rate: 1e-4 * (k + 1), seed: (ulong)k));
            await run.StepAsync(1, 40, lift: 0.1 * k);
            await run.MeasureAsync(0, 4);
            await run.MeasureAsync(40, 2.5 + 0.05 * Math.Abs(k - 4));
            ids.Add(run.Id);
        }

        await using var page = await OpenAsync($"/runs/compare?ids={string.Join(',', ids)}", screen, theme);
        await page.Page.Locator(".compared-table[data-ready]").WaitForAsync();
        await page.ShootAsync("compare");
        (await page.MeasureOverflowAsync()).ShouldBe(0);
        (await page.FindBarriersAsync()).ShouldBeEmpty();
    }

    private async Task<HubPage> OpenAsync(string path, Screen screen = Screen.Desktop, Theme theme = Theme.Light)
    {
        var page = await chromium.OpenAsync(hub.Server, screen, theme);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(path);
        return page;
    }
}
