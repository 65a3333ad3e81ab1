using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>A run and the one that measures its adapter, from the launch page to the figures.</summary>
public sealed class EvaluationAfterTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EvaluationChosenAtTheStart_WaitsAndThenTellsItsFigures()
    {
        await using var page = await OpenAsync("/runs/new?data=adapterhub%2Fdevils-dictionary-dataset");
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.Locator("#launch-evaluate").CheckAsync();
        await Assertions.Expect(page.Page.Locator("#launch-evaluate-text")).ToContainTextAsync("test.jsonl");
        await page.ShootAsync("launch-evaluation");
        (await page.FindBarriersAsync()).ShouldBeEmpty();
        await page.Page.Locator("#launch-name").FillAsync("judged");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).DblClickAsync();
        await page.Page.Locator("[data-run-state]").WaitForAsync();
        var links = page.Page.GetByRole(AriaRole.List, new() { Name = "Runs before and after" });
        await Assertions.Expect(links).ToContainTextAsync("judged, measured");
        await Assertions.Expect(links).ToContainTextAsync("waiting");

        var started = (await hub.Server.Services.GetRequiredService<RunReader>().ListAsync(hub.Ada, new RunQuery { Text = "judged" }, Cancel)).Runs;
        started.Select(run => run.Kind).ShouldBe([RunKind.Evaluate, RunKind.Train]);
        await page.GoAsync($"/runs/{started[0].Id}");
        await Assertions.Expect(links).ToContainTextAsync("Waits for");
        await page.Page.Locator("[data-run-state=queued][data-ready]").WaitForAsync();
        var trained = await hub.LeadAsync(started[1].Id);
        await trained.StepAsync(1, 10);
        await trained.SucceedWithAdapterAsync();
        await Assertions.Expect(links).ToContainTextAsync("After");

        var measured = await hub.LeadAsync(started[0].Id);
        await measured.TellAsync(new FileMeasured("test.jsonl", 2000, Math.Log(61.625), 61.625), new EvaluationFinished(2000, Math.Log(61.625), 61.625, 2, Math.Log(94.5)));
        await measured.SucceedAsync();
        await Assertions.Expect(page.Page.Locator(".run-facts")).ToContainTextAsync("61.6");
        await Assertions.Expect(page.Page.Locator(".run-facts")).ToContainTextAsync("94.5");
        await page.ShootAsync("run-evaluation");
        (await page.FindBarriersAsync()).ShouldBeEmpty();
        await page.GoAsync($"/runs/{started[1].Id}");
        await Assertions.Expect(links).ToContainTextAsync("perplexity 61.6");
        await page.ShootAsync("run-then-evaluation");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task PhoneAndDark_FitTheScreen()
    {
        await using var page = await OpenAsync("/runs/new?data=ada%2Frows", Screen.Phone, Theme.Dark);
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.Locator("#launch-evaluate").CheckAsync();
        await Assertions.Expect(page.Page.GetByText("the figure will flatter it")).ToBeVisibleAsync();
        await page.ShootAsync("launch-evaluation");
        (await page.MeasureOverflowAsync()).ShouldBe(0);
    }

    private async Task<HubPage> OpenAsync(string path, Screen screen = Screen.Desktop, Theme theme = Theme.Light)
    {
        var page = await chromium.OpenAsync(hub.Server, screen, theme);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(path);
        return page;
    }
}
