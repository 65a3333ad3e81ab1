using System.Text.Json;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Web.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>The pages of runs over a hub whose worker a test moves by hand, event by event.</summary>
public sealed class RunPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>";
    private HubServer _server = null!;
    private Actor _ada = null!;
    private WorkerClient _worker = null!;
    private LeasedRun _lease = null!;
    private long _run;
    private int _told;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await HubServer.StartAsync(Publications.WithSeeds);
        _ada = await _server.AddAdministratorAsync();
        await _server.PublishDatasetAsync(_ada, "ada/rows");
        _run = (await _server.Services.GetRequiredService<RunLauncher>().StartAsync(_ada, new NewRun(new EvaluateSpec
        {
            Base = "adapterhub/inkwell", Data = new TextSource { Files = ["ada/rows"] },
        }) { Name = "first " + Hostile }, Cancel)).Run.Id;
        _worker = new WorkerClient(new Uri(_server.Url), (await _server.Services.GetRequiredService<WorkerRegistry>().CreateAsync(Actor.Hub, "by-hand", Cancel)).Token);
        await _worker.RegisterAsync(new WorkerHello("cpu", false, "1"), Cancel);
        _lease = (await _worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await TellAsync(new RunWarned(Hostile), new HeldOutMeasured(0, 5, 148, [new Sample("In the " + Hostile, "beginning " + Hostile)]), new RunLogged(Hostile));
        await StepAsync(1, 40);
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Steps_AppearWhileThePageIsOpenAndAreThereAfterAReload()
    {
        await using var page = await chromium.OpenAsync(_server);
        await page.SignInAsync(_server, _ada);
        await page.GoAsync("/runs");
        await page.Page.Locator(".run-name a").ClickAsync();
        await page.Page.Locator("[data-run-state=running][data-ready]").WaitForAsync();
        await Assertions.Expect(page.Page.GetByText("Step 40 of 80")).ToBeVisibleAsync();

        await StepAsync(41, 60);

        await Assertions.Expect(page.Page.GetByText("Step 60 of 80")).ToBeVisibleAsync();
        await page.Page.ReloadAsync();
        await Assertions.Expect(page.Page.GetByText("Step 60 of 80")).ToBeVisibleAsync();
        var line = await page.Page.Locator("polyline[data-series=training]").First.GetAttributeAsync("points");
        line!.Trim().Split(' ').Length.ShouldBe(60);

        await _worker.FinishAsync(_lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);
        await page.Page.Locator("[data-run-state=succeeded]").WaitForAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileTexts_StayTexts()
    {
        await using var page = await chromium.OpenAsync(_server);
        await page.SignInAsync(_server, _ada);
        foreach (var path in new[] { "/runs", $"/runs/{_run}", $"/runs/{_run}?tab=samples", $"/runs/{_run}?tab=log", $"/runs/{_run}?tab=settings" })
        {
            await page.GoAsync(path);
            (await page.Page.Locator("main img[src=x], main b").CountAsync()).ShouldBe(0, path);
            (await page.Page.ContentAsync()).ShouldContain("&lt;img src=x");
            (await page.Page.TitleAsync()).ShouldNotBe("taken");
        }

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("<b>bold</b>");
    }

    [Fact]
    public async Task SomebodyElse_FindsNoPrivateRun()
    {
        var eve = await _server.AddPersonAsync(_ada, "eve");
        await using var page = await chromium.OpenAsync(_server);
        await page.SignInAsync(_server, eve);

        (await page.Page.GotoAsync($"/runs/{_run}"))!.Status.ShouldBe(404);
        var hidden = await page.Page.Locator("main").InnerTextAsync();
        (await page.Page.GotoAsync($"/runs/{_run + 1000}"))!.Status.ShouldBe(404);
        (await page.Page.Locator("main").InnerTextAsync()).Replace($"{_run + 1000}", $"{_run}", StringComparison.Ordinal).ShouldBe(hidden);
        await page.GoAsync("/runs");
        await Assertions.Expect(page.Page.GetByText("Nothing has been trained yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task DoubleClickOnStart_MakesOneRun()
    {
        await using var page = await chromium.OpenAsync(_server);
        await page.SignInAsync(_server, _ada);
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

        var runs = await _server.Services.GetRequiredService<RunReader>().ListAsync(_ada, new RunQuery { Text = "twice" }, Cancel);
        runs.Total.ShouldBe(1);
        runs.Runs[0].Target.ShouldBe("ada/twice");
    }

    [Theory]
    [InlineData(Screen.Desktop, Theme.Light)]
    [InlineData(Screen.Phone, Theme.Dark)]
    public async Task Pages_FitTheScreenAndHaveNoBarriers(Screen screen, Theme theme)
    {
        await using var page = await chromium.OpenAsync(_server, screen, theme);
        await page.SignInAsync(_server, _ada);
        var found = new List<string>();
        foreach (var (name, path) in new[]
        {
            ("runs", "/runs"), ("runs-empty", "/runs?state=failed"), ("launch", "/runs/new?data=ada%2Frows"), ("workers", "/admin/workers"), ("run", $"/runs/{_run}"), ("run-log-scale", $"/runs/{_run}?log=1&from=10&to=30"),
            ("run-samples", $"/runs/{_run}?tab=samples"), ("run-log", $"/runs/{_run}?tab=log"), ("run-settings", $"/runs/{_run}?tab=settings"), ("run-checkpoints", $"/runs/{_run}?tab=checkpoints"),
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

    private Task StepAsync(int from, int to) => TellAsync([.. Enumerable.Range(from, to - from + 1).Select(step =>
        (RunEvent)new StepTaken(step, 80, 3 + 2.0 / step + 0.1 * (step % 3), 1e-3 * (1 - step / 100.0), 0.5 + 0.1 * (step % 4), step * 1024, 5000 + step, 80 - step, 200_000_000))]);

    private async Task TellAsync(params RunEvent[] happened) => await _worker.AppendAsync(_lease, [.. happened.Select(one =>
        JsonSerializer.Serialize(one with { Number = ++_told, At = DateTimeOffset.UnixEpoch }, ProtocolJson.Default.RunEvent))], Cancel);
}
