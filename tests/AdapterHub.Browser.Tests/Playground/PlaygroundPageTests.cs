using System.Diagnostics;
using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Web.Inference;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>The playground in a browser, with a real engine behind it.</summary>
public sealed partial class PlaygroundPageTests(Chromium chromium, PlaygroundHub hub) : IClassFixture<PlaygroundHub>
{
    private const string Pair = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:1&a=adapterhub/devils-dictionary:0.2";
    private const string Asked = Pair + "&prompt=In%20the%20beginning&tokens=40&t=0";

    // The first answer waits for the engine to start.
    private static readonly LocatorAssertionsToHaveAttributeOptions Patient = new() { Timeout = 60_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoAdapters_AnswerBesideTheBase_AndASliderMixesThem()
    {
        await using var page = await OpenAsync();
        await page.GoAsync("/playground");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "king-james", Exact = true }).ClickAsync();
        await page.Page.GetByLabel("Add an adapter").FillAsync("devil");
        await page.Page.GetByRole(AriaRole.Option, new() { NameRegex = Devil() }).ClickAsync();
        await page.Page.Locator("#prompt").FillAsync("In the beginning");
        await page.Page.Locator("#write").ClickAsync();
        foreach (var lane in (string[])["base", "adapter 1", "adapter 2", "blend"])
            await Expect(Lane(page, lane)).ToHaveAttributeAsync("data-state", "done", Patient);
        var (mixed, alone) = (await TextAsync(page, "blend"), await TextAsync(page, "adapter 1"));
        (await TextAsync(page, "base")).ShouldNotBe(alone);

        var watch = Stopwatch.StartNew();
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary, slider").EvaluateAsync("slider => { slider.value = '-1.5'; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Expect(Lane(page, "blend").Locator(".lane-text")).Not.ToHaveTextAsync(mixed);
        await Expect(page.Page.Locator("#progress")).ToContainTextAsync("First token after");
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done", Patient);
        TestContext.Current.TestOutputHelper?.WriteLine($"{await page.Page.Locator("#progress").InnerTextAsync()}; the whole lane {watch.ElapsedMilliseconds} ms after the slider moved");
        (await TextAsync(page, "adapter 1")).ShouldBe(alone, "a lane that the slider does not change keeps its text");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Address_BringsEverythingBack_InAnotherBrowserToo()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done", Patient);
        var text = await TextAsync(page, "blend");
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true }).FillAsync("0.9");
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true }).PressAsync("Tab");
        await Expect(page.Page).ToHaveURLAsync(DevilWeight());
        await Expect(Lane(page, "blend")).Not.ToContainTextAsync(text.Trim());
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done", Patient);
        text = await TextAsync(page, "blend");

        await using var other = await OpenAsync();
        await other.GoAsync(new Uri(page.Page.Url).PathAndQuery);
        await Expect(Lane(other, "blend")).ToHaveAttributeAsync("data-state", "done", Patient);
        (await TextAsync(other, "blend")).ShouldBe(text);
        await Expect(other.Page.Locator("#prompt")).ToHaveValueAsync("In the beginning");
    }

    [Fact]
    public async Task Token_ShowsWhatElseCouldHaveStoodThere_HereAndInTheBase()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "adapter 1")).ToHaveAttributeAsync("data-state", "done", Patient);
        await Lane(page, "adapter 1").Locator("[class*=token-more]").First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Table, new() { Name = "Base, after the same text" }).WaitForAsync();
        await Expect(page.Page.GetByRole(AriaRole.Table, new() { Name = "king-james" }).Locator("tbody tr")).ToHaveCountAsync(5);
        await page.Page.GetByText("Perplexity of a text").ClickAsync();
        await page.Page.Locator("#measured").FillAsync("And the LORD spake unto Moses, saying, Go unto the children of Israel.");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Measure in every lane" }).ClickAsync();
        await Expect(Lane(page, "base")).ToContainTextAsync(Perplexity());
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_EndsTheLanesAndKeepsWhatTheyWrote()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=Once&tokens=450");
        await page.Page.Locator("#stop").WaitForAsync(new() { Timeout = 60_000 });
        await Expect(Lane(page, "base").Locator(".token").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.Page.Locator("#stop").ClickAsync();
        await Expect(page.Page.Locator("#stop")).ToHaveCountAsync(0);
        var kept = await TextAsync(page, "base");
        await Task.Delay(300, Cancel);
        (await TextAsync(page, "base")).ShouldBe(kept);
        await Expect(Lane(page, "base")).ToContainTextAsync("Stopped");
    }

    [Fact]
    public async Task EngineKilledWhileItWrites_LanesAskAgainByThemselves()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=Once&tokens=200&t=0");
        await Expect(Lane(page, "blend").Locator(".token").Nth(5)).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var status = await hub.Server.Services.GetRequiredService<LaneService>().FindStatusAsync(Cancel);
        status!.ProcessId.ShouldBeGreaterThan(0); // a signal to number 0 would reach everything in the group of this process
        using (var engine = Process.GetProcessById(status.ProcessId))
            engine.Kill();
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done", Patient);
        await Expect(Lane(page, "blend")).ToContainTextAsync("200 tokens");
    }

    [Fact]
    public async Task MarkupInPromptAndText_StaysText()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=" + Uri.EscapeDataString("<script>window.hit=1</script><img src=x onerror=window.hit=1>") + "&tokens=30");
        await Expect(Lane(page, "base")).ToHaveAttributeAsync("data-state", "done", Patient);
        (await page.Page.EvaluateAsync<bool>("() => 'hit' in window")).ShouldBeFalse();
        (await page.Page.Locator("#lanes img").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Stranger_IsAskedToSignIn()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.GoAsync(Asked);
        await page.Page.GetByText("Sign in to have a model answer").WaitForAsync();
        await Expect(page.Page.Locator("#write")).ToBeDisabledAsync();
    }

    private async Task<HubPage> OpenAsync()
    {
        var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        return page;
    }

    private static ILocator Lane(HubPage page, string label) => page.Page.Locator($"[data-lane='{label}']");

    private static Task<string> TextAsync(HubPage page, string label) => Lane(page, label).Locator(".lane-text").InnerTextAsync();

    [GeneratedRegex("devils-dictionary")]
    private static partial Regex Devil();

    [GeneratedRegex("devils-dictionary:0.9")]
    private static partial Regex DevilWeight();

    [GeneratedRegex(@"ppl \d")]
    private static partial Regex Perplexity();
}
