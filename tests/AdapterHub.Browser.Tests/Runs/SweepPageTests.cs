using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>Several values tried at once, from the launch page to the best of them.</summary>
public sealed class SweepPageTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeveralValues_BecomeRunsOfOnePage_WhichTellsTheBestAndCancelsTheRest()
    {
        await using var page = await OpenAsync("/runs/new?data=ada%2Frows");
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.GetByText("Try several values").ClickAsync();
        await page.Page.Locator("#sweep-rank").FillAsync("4, 8, 8, 16");
        await page.Page.Locator("#sweep-seed").FillAsync("1, 2");
        await page.Page.Locator("#sweep-seed").BlurAsync();
        await Assertions.Expect(page.Page.GetByText("6 runs: rank 4, seed 1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByText("Together about")).ToBeVisibleAsync();
        await page.ShootAsync("launch-sweep");
        await page.Page.Locator("#launch-name").FillAsync("swept");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start 6 runs" }).DblClickAsync();
        await page.Page.Locator("[data-sweep-ready]").WaitForAsync();

        var runs = (await hub.Server.Services.GetRequiredService<RunReader>().ListAsync(hub.Ada, new RunQuery { Text = "swept" }, Cancel)).Runs;
        runs.Count.ShouldBe(6);
        runs.Select(run => run.Target).ShouldContain("ada/swept-6");
        var led = await hub.LeadAsync(runs.Single(run => run.SweepLabel == "rank 8, seed 2").Id);
        await led.StepAsync(1, 20);
        await led.MeasureAsync(20, 2.125);
        await Assertions.Expect(page.Page.Locator(".sweep-best")).ToContainTextAsync("Best so far: rank 8, seed 2, held-out loss 2.125, running.");
        (await page.Page.Locator("th.compared-name").AllInnerTextsAsync()).ShouldBe(["lora.rank", "loop.seed"]);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel all" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel all" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByText("1 stopping, 5 cancelled")).ToBeVisibleAsync();
        await led.StopAsync();
        await Assertions.Expect(page.Page.GetByText("6 cancelled")).ToBeVisibleAsync();
        (await hub.Server.Services.GetRequiredService<RunReader>().ListAsync(hub.Ada, new RunQuery { Text = "swept", States = [RunState.Cancelled] }, Cancel)).Total.ShouldBe(6);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task ValuesThatCannotBe_AreSaidBeforeTheStart()
    {
        await using var page = await OpenAsync("/runs/new?data=ada%2Frows");
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.GetByText("Try several values").ClickAsync();
        await page.Page.Locator("#sweep-rank").FillAsync("4, many");
        await page.Page.Locator("#sweep-rank").BlurAsync();
        await Assertions.Expect(page.Page.GetByText("rank = many cannot be")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(Screen.Desktop, Theme.Dark)]
    [InlineData(Screen.Phone, Theme.Light)]
    public async Task Page_FitsTheScreenAndHasNoBarriers(Screen screen, Theme theme)
    {
        var sweep = await hub.SweepAsync("sweep of ranks", "rank", "4", "8", "16", "32");
        for (var k = 0; k < 3; k++)
        {
            var run = await hub.LeadAsync(sweep.Runs[k].Run.Id);
            await run.StepAsync(1, 30 + 10 * k, lift: 0.2 * k);
            await run.MeasureAsync(0, 4);
            await run.MeasureAsync(30, 2.5 - 0.1 * k);
        }

        await using var page = await OpenAsync($"/runs/sweeps/{sweep.Id}", screen, theme);
        await page.Page.Locator("[data-sweep-ready]").WaitForAsync();
        await page.ShootAsync("sweep");
        (await page.MeasureOverflowAsync()).ShouldBe(0);
        (await page.FindBarriersAsync()).ShouldBeEmpty();
        // How the runs stand is seen without scrolling. Asked again until it is so: a page that is live may be drawn anew in between.
        await page.Page.WaitForFunctionAsync("""
            () => {
              const table = document.querySelector(".compared-table[data-ready]");
              const states = [...(table?.querySelectorAll("tbody .compared-narrow, tbody td.compared-wide") ?? [])].filter(one => one.getClientRects().length > 0);
              const right = table?.parentElement.getBoundingClientRect().right;
              return states.length === 4 && states.every(one => one.getBoundingClientRect().right <= right);
            }
            """);
        await page.GoAsync("/runs/sweeps");
        await page.Page.Locator(".sweeps[data-ready]").WaitForAsync();
        await Assertions.Expect(page.Page.Locator(".sweep").Filter(new() { HasText = "sweep of ranks" }).First).ToContainTextAsync("best so far");
        await page.ShootAsync("sweeps");
        (await page.MeasureOverflowAsync()).ShouldBe(0);
        (await page.FindBarriersAsync()).ShouldBeEmpty();
        await page.GoAsync("/runs");
        await page.ShootAsync("runs-with-sweep");
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
