using System.Globalization;
using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>The buttons of a run, its checkpoints, the zoom of its charts, and the tokens of workers.</summary>
public sealed class SteeringTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    [Fact]
    public async Task Buttons_PauseResumeCancelAndTryAgain()
    {
        var run = await hub.LeadAsync("steered");
        await run.StepAsync(1, 5);
        await using var page = await OpenRunAsync(run.Id);
        await ClickAsync(page, "Pause");
        await Assertions.Expect(State(page, "pausing")).ToBeVisibleAsync();
        await run.StopAsync();
        await Assertions.Expect(State(page, "paused")).ToBeVisibleAsync();
        await ClickAsync(page, "Resume");
        await Assertions.Expect(State(page, "queued")).ToBeVisibleAsync();
        run = await hub.LeadAsync(run.Id);
        await Assertions.Expect(State(page, "running")).ToBeVisibleAsync();
        await ClickAsync(page, "Cancel");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
        await Assertions.Expect(State(page, "cancelling")).ToBeVisibleAsync();
        await run.StopAsync();
        await Assertions.Expect(State(page, "cancelled")).ToBeVisibleAsync();
        await ClickAsync(page, "Try again");
        await Assertions.Expect(State(page, "queued")).ToBeVisibleAsync();
        await ClickAsync(page, "Clone");
        await Assertions.Expect(page.Page).Not.ToHaveURLAsync(new Regex($"/runs/{run.Id}$"));
        await page.Page.Locator("[data-run-state=queued][data-ready]").WaitForAsync();
        var clone = await hub.LeadAsync(long.Parse((await page.ReadPathAsync()).Split('/')[^1], CultureInfo.InvariantCulture));
        await clone.StepAsync(1, 3);
        await Assertions.Expect(State(page, "running")).ToContainTextAsync("Step 3 of 80");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task DragOverAChart_ZoomsIn_AndADoubleClickShowsAll()
    {
        var run = await hub.LeadAsync("zoomed");
        await run.StepAsync(1, 80);
        await using var page = await OpenRunAsync(run.Id);
        await page.Page.Locator(".plot").First.ScrollIntoViewIfNeededAsync();
        await page.Page.Locator(".plot").First.HoverAsync();
        await Assertions.Expect(page.Page.Locator(".plot-tip").First).ToContainTextAsync("step");
        var plot = (await page.Page.Locator(".plot").First.BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(plot.X + plot.Width * 0.25f, plot.Y + 50);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(plot.X + plot.Width * 0.5f, plot.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        await page.ReachAsync(new Regex("from=21&to=4[01]$"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Steps 21 to 4" })).ToBeVisibleAsync();
        await page.Page.ReloadAsync();
        await page.Page.Locator("[data-run-state][data-ready]").WaitForAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Steps 21 to 4" })).ToBeVisibleAsync();
        await page.Page.Locator(".plot").First.DblClickAsync();
        await Assertions.Expect(page.Page).Not.ToHaveURLAsync(new Regex("from="));
    }

    [Fact]
    public async Task Checkpoint_IsTriedBesideTheBaseAndPublished()
    {
        var run = await hub.LeadAsync("with-checkpoint");
        await run.StepAsync(1, 10);
        var seed = Path.Combine(Publications.SeedFolder, "adapters", "king-james");
        await run.CheckpointAsync(10, [], ("adapter/adapter_config.json", Path.Combine(seed, "adapter_config.json")), ("adapter/adapter_model.safetensors", Path.Combine(seed, "adapter_model.safetensors")));
        await using var page = await OpenRunAsync(run.Id, "?tab=checkpoints");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Try step 10" }).ClickAsync();
        await page.Page.Locator("#checkpoint-prompt").FillAsync("And it came to pass");
        await ClickAsync(page, "Continue it");
        await Assertions.Expect(page.Page.Locator("#trial-step")).Not.ToHaveTextAsync("");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Continue it" })).ToBeVisibleAsync();
        (await page.Page.Locator("#trial-step").InnerTextAsync()).ShouldNotBe(await page.Page.Locator("#trial-base").InnerTextAsync());
        await page.ShootAsync("run-checkpoint-tried");
        (await page.FindBarriersAsync()).ShouldBeEmpty();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Publish step 10" }).ClickAsync();
        await page.Page.Locator("#checkpoint-name").FillAsync("tenth");
        await ClickAsync(page, "Publish this step");
        await page.ReachAsync("/ada/tenth");
        await Assertions.Expect(page.Page.Locator("main")).ToContainTextAsync("after step 10 of");
    }

    [Fact]
    public async Task WorkerToken_IsMadeShownOnceAndRevoked()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync("/admin/workers");
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("gpu-7");
        await ClickAsync(page, "Make a token");
        await Assertions.Expect(page.Page.GetByText("--token ahw_").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "gpu-7" })).ToContainTextAsync("never came");
        await page.Page.ReloadAsync();
        await page.BecomeInteractiveAsync();
        (await page.Page.GetByText("--token ahw_").CountAsync()).ShouldBe(0);
        await ClickAsync(page, "Revoke gpu-7");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "gpu-7" })).ToHaveCountAsync(0);
    }

    private static ILocator State(HubPage page, string state) => page.Page.Locator($"[data-run-state={state}]");

    private static Task ClickAsync(HubPage page, string button) => page.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private async Task<HubPage> OpenRunAsync(long run, string query = "")
    {
        var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync($"/runs/{run}{query}");
        await page.Page.Locator("[data-run-state][data-ready]").WaitForAsync();
        return page;
    }
}
