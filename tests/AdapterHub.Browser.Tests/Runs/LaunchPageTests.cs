using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>Starting a run, with a real engine process that counts tokens.</summary>
public sealed class LaunchPageTests(Chromium chromium, RunsHub hub) : IClassFixture<RunsHub>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outlook_TellsMemoryTimeAndTokens_AndWarnsWhenItDoesNotFit()
    {
        await using var page = await OpenAsync("/runs/new?data=adapterhub%2Fdevils-dictionary-dataset");
        await Assertions.Expect(page.Page.Locator("#launch-tokens")).ToContainTextAsync("counted by the base model's tokenizer");
        await Assertions.Expect(page.Page.Locator(".launch-piece").First).ToBeVisibleAsync();
        var outlook = page.Page.GetByRole(AriaRole.Region, new() { Name = "Before it starts" });
        await Assertions.Expect(outlook).ToContainTextAsync("by-hand, processor");
        await Assertions.Expect(outlook).ToContainTextAsync("of 8.59 GB");
        await Assertions.Expect(outlook).ToContainTextAsync("a guess");

        await page.Page.GetByText("All settings").ClickAsync();
        await page.Page.Locator("#launch-batch").FillAsync("4000");
        await page.Page.Locator("#launch-batch").BlurAsync();

        await Assertions.Expect(outlook).ToContainTextAsync("It does not fit");
        await page.ShootAsync("launch-too-large");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Field_FindsWhatIsTypedAmongAll_AndTheAddressKeepsIt()
    {
        for (var k = 0; k < 30; k++)
            await hub.Server.PublishDatasetAsync(hub.Ada, $"ada/many-{k:00}");
        await using var page = await OpenAsync("/runs/new");
        var field = page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Dataset" });
        await field.FocusAsync();
        await Assertions.Expect(page.Page.GetByText("more: type a part of the name")).ToBeVisibleAsync();

        await field.PressSequentiallyAsync("many-27");
        await page.Page.GetByRole(AriaRole.Option, new() { Name = "ada/many-27" }).ClickAsync();

        await Assertions.Expect(field).ToHaveValueAsync("ada/many-27");
        await Assertions.Expect(page.Page.GetByText("First rows")).ToBeVisibleAsync();
        await page.ReachAsync(new Regex("data=ada%2Fmany-27"));
        await page.Page.ReloadAsync();
        await Assertions.Expect(field).ToHaveValueAsync("ada/many-27");
    }

    [Fact]
    public async Task TrainOnThis_LeadsHereWithTheChoiceMade()
    {
        await using var page = await OpenAsync("/adapterhub/king-james-wisdom", isForm: false);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Train on this" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#launch-data")).ToHaveValueAsync("adapterhub/king-james-wisdom");
        await page.GoAsync("/adapterhub/inkwell");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Train on this" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#launch-base")).ToHaveValueAsync("adapterhub/inkwell");
    }

    [Fact]
    public async Task ChangedForm_IsAnotherRun_WithoutLoadingThePageAgain()
    {
        await using var page = await OpenAsync("/runs/new?data=ada%2Frows");
        var start = page.Page.GetByRole(AriaRole.Button, new() { Name = "Start training" });
        await page.Page.Locator("#launch-name").FillAsync("not a name");
        await start.ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await page.Page.Locator("#launch-name").FillAsync("changed-one");
        await start.DblClickAsync();
        await page.Page.Locator("[data-run-state]").WaitForAsync();
        await page.Page.GoBackAsync();
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.Locator("#launch-name").FillAsync("changed-two");
        await start.ClickAsync();
        await page.Page.Locator("[data-run-state]").WaitForAsync();

        var runs = await hub.Server.Services.GetRequiredService<RunReader>().ListAsync(hub.Ada, new RunQuery { Text = "changed-" }, Cancel);
        runs.Runs.Select(run => run.Target).ShouldBe(["ada/changed-two", "ada/changed-one"]);
    }

    private async Task<HubPage> OpenAsync(string path, bool isForm = true)
    {
        var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(path);
        if (isForm)
            await page.Page.Locator("form[data-ready]").WaitForAsync();
        return page;
    }
}
