using System.Text.Json;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>The pages of runs over a hub whose worker a test moves by hand, event by event.</summary>
public sealed class RunPagesTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    private const string Hostile = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_AppearWhileThePageIsOpenAndAreThereAfterAReload()
    {
        var run = await hub.LeadAsync("watched");
        await run.StepAsync(1, 40);
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync("/runs");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "watched" }).ClickAsync();
        await page.Page.Locator("[data-run-state=running][data-ready]").WaitForAsync();
        await Assertions.Expect(page.Page.GetByText("Step 40 of 80")).ToBeVisibleAsync();

        await run.StepAsync(41, 60);

        await Assertions.Expect(page.Page.GetByText("Step 60 of 80")).ToBeVisibleAsync();
        await page.Page.ReloadAsync();
        await Assertions.Expect(page.Page.GetByText("Step 60 of 80")).ToBeVisibleAsync();
        await page.SeePointsAsync("training", 60);

        await run.SucceedWithAdapterAsync();
        await page.Page.Locator("[data-run-state=succeeded]").WaitForAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileTexts_StayTexts()
    {
        var run = await LeadHostileAsync();
        var row = JsonSerializer.Serialize(new Dictionary<string, string> { ["prompt"] = Hostile, ["completion"] = "</li>" + Hostile });
        await hub.Server.PublishDatasetAsync(hub.Ada, "ada/hostile", RepositoryVisibility.Private, ("train.jsonl", row + "\n"));
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        foreach (var path in new[] { "/runs/new?data=ada%2Fhostile", "/runs", $"/runs/{run.Id}", $"/runs/{run.Id}?tab=samples", $"/runs/{run.Id}?tab=log", $"/runs/{run.Id}?tab=settings" })
        {
            await page.GoAsync(path);
            await Assertions.Expect(page.Page.Locator("main")).ToContainTextAsync("<img src=x");
            (await page.Page.Locator("main img[src=x], main b").CountAsync()).ShouldBe(0, path);
            (await page.Page.TitleAsync()).ShouldNotBe("taken");
        }

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("<b>bold</b>");
    }

    [Fact]
    public async Task SomebodyElse_FindsNoPrivateRun()
    {
        var run = await hub.LeadAsync("hidden");
        var eve = await hub.Server.AddPersonAsync(hub.Ada, "eve");
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, eve);

        (await page.Page.GotoAsync($"/runs/{run.Id}"))!.Status.ShouldBe(404);
        var hidden = await page.Page.Locator("main").InnerTextAsync();
        (await page.Page.GotoAsync($"/runs/{run.Id + 1000}"))!.Status.ShouldBe(404);
        (await page.Page.Locator("main").InnerTextAsync()).Replace($"{run.Id + 1000}", $"{run.Id}", StringComparison.Ordinal).ShouldBe(hidden);
        await page.GoAsync("/runs");
        await Assertions.Expect(page.Page.GetByText("Nothing has been trained yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task DoubleClickOnStart_MakesOneRun()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync("/runs/new?base=adapterhub%2Finkwell");
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Paste text" }).ClickAsync();
        await page.Page.Locator("#launch-text").FillAsync("One line.\n\n" + Hostile);
        await page.Page.Locator("#launch-text").BlurAsync();
        await Assertions.Expect(page.Page.GetByText("First rows")).ToBeVisibleAsync();
        (await page.Page.Locator("main img[src=x]").CountAsync()).ShouldBe(0);
        await page.Page.Locator("#launch-name").FillAsync("twice");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).DblClickAsync();
        await page.Page.Locator("[data-run-state=queued]").WaitForAsync();

        var runs = await hub.Server.Services.GetRequiredService<RunReader>().ListAsync(hub.Ada, new RunQuery { Text = "twice" }, Cancel);
        runs.Total.ShouldBe(1);
        runs.Runs[0].Target.ShouldBe("ada/twice");
    }

    [Theory]
    [InlineData(Screen.Desktop, Theme.Light)]
    [InlineData(Screen.Phone, Theme.Dark)]
    public async Task Pages_FitTheScreenAndHaveNoBarriers(Screen screen, Theme theme)
    {
        var run = await LeadHostileAsync();
        await using var page = await chromium.OpenAsync(hub.Server, screen, theme);
        await page.SignInAsync(hub.Server, hub.Ada);
        var found = new List<string>();
        foreach (var (name, path) in new[]
        {
            ("runs", "/runs"), ("runs-empty", "/runs?state=failed"), ("launch", "/runs/new?data=ada%2Frows"), ("workers", "/admin/workers"), ("run", $"/runs/{run.Id}"), ("run-log-scale", $"/runs/{run.Id}?log=1&from=10&to=30"),
            ("run-samples", $"/runs/{run.Id}?tab=samples"), ("run-log", $"/runs/{run.Id}?tab=log"), ("run-settings", $"/runs/{run.Id}?tab=settings"), ("run-checkpoints", $"/runs/{run.Id}?tab=checkpoints"),
        })
        {
            (await page.GoAsync(path)).Status.ShouldBe(200, path);
            await page.ShootAsync(name);
            if (await page.MeasureOverflowAsync() is > 0 and var wider)
                found.Add($"{path} is {wider} px wider than the screen");
            found.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{path}: {barrier}"));
        }

        found.ShouldBeEmpty();
    }

    private async Task<LedRun> LeadHostileAsync()
    {
        var run = await hub.LeadAsync("first " + Hostile);
        await run.TellAsync(new RunWarned(Hostile), new HeldOutMeasured(0, 5, 148, [new Sample("In the " + Hostile, "beginning " + Hostile)]), new RunLogged(Hostile));
        await run.StepAsync(1, 40);
        return run;
    }
}
