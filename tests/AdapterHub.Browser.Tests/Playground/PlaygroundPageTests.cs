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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoAdapters_AnswerBesideTheBase_AndASliderMixesThem()
    {
        await using var page = await OpenAsync();
        await page.GoAsync("/playground");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "king-james", Exact = true }).ClickAsync();
        await page.Page.GetByLabel("Add an adapter").FillAsync("devil");
        await page.Page.GetByRole(AriaRole.Listbox, new() { Name = "Adapters" }).GetByRole(AriaRole.Option, new() { NameRegex = Devil() }).ClickAsync();
        await page.Page.Locator("#prompt").FillAsync("In the beginning");
        await page.Page.Locator("#write").ClickAsync();
        foreach (var lane in (string[])["base", "adapter 1", "adapter 2", "blend"])
            await Expect(Lane(page, lane)).ToHaveAttributeAsync("data-state", "done");
        var (mixed, alone) = (await TextAsync(page, "blend"), await TextAsync(page, "adapter 1"));
        (await TextAsync(page, "base")).ShouldNotBe(alone);

        var watch = Stopwatch.StartNew();
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary, slider").EvaluateAsync("slider => { slider.value = '-1.5'; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Expect(Lane(page, "blend").Locator(".lane-text")).Not.ToHaveTextAsync(mixed);
        await Expect(page.Page.Locator("#progress")).ToContainTextAsync("First token after");
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        TestContext.Current.TestOutputHelper?.WriteLine($"{await page.Page.Locator("#progress").InnerTextAsync()}; the whole lane {watch.ElapsedMilliseconds} ms after the slider moved");
        (await TextAsync(page, "adapter 1")).ShouldBe(alone, "a lane that the slider does not change keeps its text");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Address_BringsEverythingBack_InAnotherBrowserToo()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        var text = await TextAsync(page, "blend");
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true }).FillAsync("0.9");
        await page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true }).PressAsync("Tab");
        await page.ReachAsync(DevilWeight());
        await Expect(Lane(page, "blend")).Not.ToContainTextAsync(text.Trim());
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        text = await TextAsync(page, "blend");

        await using var other = await OpenAsync();
        await other.GoAsync(await page.ReadPathAsync());
        await Expect(Lane(other, "blend")).ToHaveAttributeAsync("data-state", "done");
        (await TextAsync(other, "blend")).ShouldBe(text);
        await Expect(other.Page.Locator("#prompt")).ToHaveValueAsync("In the beginning");
    }

    [Fact]
    public async Task SecondBlend_StandsBesideTheFirst_WithWeightsOfItsOwn()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        var first = await TextAsync(page, "blend");
        await page.Page.Locator("#second").ClickAsync();
        await Expect(Lane(page, "blend B")).ToHaveAttributeAsync("data-state", "done");
        (await TextAsync(page, "blend B")).ShouldBe(first, "it begins with the weights of the first");

        await FillAsync(page, "Weight of adapterhub/king-james in B", "-1");
        await Expect(Lane(page, "blend B")).Not.ToContainTextAsync(first.Trim());
        await Expect(Lane(page, "blend B")).ToHaveAttributeAsync("data-state", "done");
        var second = await TextAsync(page, "blend B");
        (await TextAsync(page, "blend")).ShouldBe(first);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Swap" }).ClickAsync();
        await Expect(Lane(page, "blend").Locator(".lane-text")).ToHaveTextAsync(second);
        await Expect(Lane(page, "blend B").Locator(".lane-text")).ToHaveTextAsync(first);
        await Expect(page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("-1");

        await using var other = await OpenAsync();
        await other.GoAsync(await page.ReadPathAsync());
        await Expect(Lane(other, "blend B").Locator(".lane-text")).ToHaveTextAsync(first);
        await Expect(Lane(other, "blend").Locator(".lane-text")).ToHaveTextAsync(second);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chat_KeepsEachLanesOwnAnswers_AndGoesOnFromThem()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&tokens=24");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Chat", Exact = true }).ClickAsync();
        await page.Page.GetByText("The base model has no chat template").WaitForAsync();
        await SayAsync(page, "Who made the heavens?");
        var answer = await AnswerAsync(page, "adapter 1");
        await SayAsync(page, "And the sea?");
        await Expect(Lane(page, "adapter 1").Locator(".lane-asked")).ToHaveTextAsync(["Who made the heavens?", "And the sea?"]);
        await Expect(Lane(page, "adapter 1").Locator(".lane-past")).ToHaveTextAsync([answer]);
        (await AnswerAsync(page, "base")).ShouldNotBe(await AnswerAsync(page, "adapter 1"));

        await using var other = await OpenAsync();
        await other.GoAsync(await page.ReadPathAsync());
        await Expect(Lane(other, "adapter 1").Locator(".lane-past")).ToHaveTextAsync([answer]);
        await Expect(Lane(other, "adapter 1")).ToHaveAttributeAsync("data-state", "done");
        (await AnswerAsync(other, "adapter 1")).ShouldBe(await AnswerAsync(page, "adapter 1"), "the address asks the whole chat again and gets the same");

        var before = await AnswerAsync(page, "blend");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Answer message 2 again" }).ClickAsync();
        await Expect(Lane(page, "blend")).Not.ToContainTextAsync(before.Trim());
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        await Expect(Lane(page, "adapter 1").Locator(".lane-past")).ToHaveTextAsync([answer]);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Change message 1" }).ClickAsync();
        await page.Page.GetByLabel("Message 1", new() { Exact = true }).FillAsync("Who made man?");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Ask this instead" }).ClickAsync();
        await Expect(Lane(page, "adapter 1").Locator(".lane-asked")).ToHaveTextAsync(["Who made man?"]);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the chat" }).ClickAsync();
        await Expect(Lane(page, "adapter 1")).ToContainTextAsync("Nothing written yet.");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Curve_ReachesTheLane_AndATypedLayerStays()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Layers of adapterhub/king-james" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Rising" }).ClickAsync();
        await Expect(page.Page.GetByLabel("Attention of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.5");
        await FillAsync(page, "MLP of layer 3 of adapterhub/king-james", "0.9");
        await page.ReachAsync(CurveAndCell());
        await FillAsync(page, "Weight of adapterhub/king-james", "0.4");
        await Expect(page.Page.GetByLabel("Attention of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.2");
        await Expect(page.Page.GetByLabel("MLP of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.9");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Token_ShowsWhatElseCouldHaveStoodThere_HereAndInTheBase()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "adapter 1")).ToHaveAttributeAsync("data-state", "done");
        await Lane(page, "adapter 1").Locator("[class*=token-more]").First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Table, new() { Name = "Base, after the same text" }).WaitForAsync();
        await Expect(page.Page.GetByRole(AriaRole.Table, new() { Name = "king-james" }).Locator("tbody tr")).ToHaveCountAsync(5);
        await Lane(page, "base").Locator(".lane-text").FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Token 1 of Base" }).WaitForAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Token 2 of Base" }).WaitForAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Token 2 of Base" })).ToHaveCountAsync(0);
        await page.Page.GetByText("Perplexity of a text").ClickAsync();
        await page.Page.Locator("#measured-from").SelectOptionAsync("adapterhub/king-james-wisdom");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Measure in every lane" }).ClickAsync();
        await Expect(Lane(page, "base")).ToContainTextAsync(Perplexity());
        await page.Page.Locator("#measured-from").SelectOptionAsync("");
        await page.Page.Locator("#measured").FillAsync("And the LORD spake unto Moses, saying, Go unto the children of Israel.");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Measure in every lane" }).ClickAsync();
        await Expect(Lane(page, "base")).ToContainTextAsync(Perplexity());
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HistoryAndKeptLane_ComeBackAfterAReload_AsTheyWereWritten()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        var first = await TextAsync(page, "blend");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Keep what Blend wrote" }).ClickAsync();
        await FillAsync(page, "Weight of adapterhub/king-james", "-1");
        await Expect(Lane(page, "blend")).Not.ToContainTextAsync(first.Trim());
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Page.Locator("#history summary")).ToHaveTextAsync("History (2)");

        await page.GoAsync("/playground");
        await page.Page.Locator("#history summary").ClickAsync();
        await page.Page.Locator("#history li button").Filter(new() { HasText = "1 × king-james" }).Filter(new() { HasNotText = "-1 ×" }).ClickAsync();
        await Expect(Lane(page, "blend").Locator(".lane-text")).ToHaveTextAsync(first.Trim());
        await Expect(Lane(page, "blend")).ToContainTextAsync("From the history");
        await Expect(page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("1");
        await Expect(page.Page.Locator("[data-kept]")).ToContainTextAsync(first.Trim());
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the kept Blend" }).ClickAsync();
        await Expect(page.Page.Locator("[data-kept]")).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the history" }).ClickAsync();
        await Expect(page.Page.Locator("#history summary")).ToHaveTextAsync("History");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task DrawAgain_TakesTheNextSeed_AndTheLinkHasIt()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=In%20the%20beginning&tokens=24&t=1");
        await Expect(Lane(page, "base")).ToHaveAttributeAsync("data-state", "done");
        var first = await TextAsync(page, "base");
        await page.Page.Locator("#again").ClickAsync();
        await Expect(Lane(page, "base").Locator(".lane-text")).Not.ToHaveTextAsync(first);
        await Expect(Lane(page, "base")).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Copy link" })).ToHaveAttributeAsync("data-copy", NextDraw());
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_EndsTheLanesAndKeepsWhatTheyWrote()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=Once&tokens=450");
        await page.Page.Locator("#stop").WaitForAsync();
        await Expect(Lane(page, "base").Locator(".token").First).ToBeVisibleAsync();
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
        await Expect(Lane(page, "blend").Locator(".token").Nth(5)).ToBeVisibleAsync();
        var status = await hub.Server.Services.GetRequiredService<LaneService>().FindStatusAsync(Cancel);
        status!.ProcessId.ShouldBeGreaterThan(0); // a signal to number 0 would reach everything in the group of this process
        using (var engine = Process.GetProcessById(status.ProcessId))
            engine.Kill();
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        await Expect(Lane(page, "blend")).ToContainTextAsync("200 tokens");
    }

    [Fact]
    public async Task MarkupInPromptAndText_StaysText()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&prompt=" + Uri.EscapeDataString("<script>window.hit=1</script><img src=x onerror=window.hit=1>") + "&tokens=30");
        await Expect(Lane(page, "base")).ToHaveAttributeAsync("data-state", "done");
        (await page.Page.EvaluateAsync<bool>("() => 'hit' in window")).ShouldBeFalse();
        (await page.Page.Locator("#lanes img").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Phone_ShowsTheBlendWhileASliderMoves_AndLeadsToTheLanes()
    {
        await using var page = await chromium.OpenAsync(hub.Server, Screen.Phone);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Asked);
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        var slider = page.Page.GetByLabel("Weight of adapterhub/devils-dictionary, slider");
        await slider.ScrollIntoViewIfNeededAsync();
        var peek = page.Page.GetByRole(AriaRole.Link, new() { Name = "Blend: see the lanes" });
        await Expect(peek).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(peek).ToContainTextAsync((await TextAsync(page, "blend")).Trim()[..20]);
        var before = await peek.InnerTextAsync();
        await slider.EvaluateAsync("slider => { slider.value = '-1.5'; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Expect(peek).Not.ToHaveTextAsync(before);
        await Expect(slider).ToBeInViewportAsync();
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", "playground-peek-phone-light.png") });

        await peek.ClickAsync();
        await Expect(page.Page.Locator("#lanes")).ToBeFocusedAsync();
        await Expect(Lane(page, "base")).ToBeInViewportAsync();
        await page.ReachAsync(new Regex("/playground\\?"));
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task AdaptersAddedFasterThanTheHubAnswers_AreAllThere_WithWhatWasTyped()
    {
        await using var page = await OpenAsync();
        await page.MoveAwayAsync(TimeSpan.FromMilliseconds(400));
        await page.GoAsync(Pair);
        await page.Page.Locator(".playground[data-ready]").WaitForAsync();
        await FillAsync(page, "Weight of adapterhub/king-james", "0.3");
        await FillAsync(page, "Weight of adapterhub/devils-dictionary", "0.4");
        await page.Page.Locator("#prompt").FillAsync("In the beginning");
        await page.ReachAsync(BothWeights());
        await Expect(page.Page.Locator("#write")).ToBeEnabledAsync();
        await page.Page.Locator("#write").ClickAsync();
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        await page.ReachAsync(BothWeights());
        await Expect(page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("0.3");
        await Expect(page.Page.Locator("#prompt")).ToHaveValueAsync("In the beginning");
        page.Complaints.ShouldBeEmpty();
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

    private static async Task SayAsync(HubPage page, string message)
    {
        await page.Page.Locator("#prompt").FillAsync(message);
        await page.Page.Locator("#write").ClickAsync();
        await Expect(Lane(page, "base").Locator(".lane-asked").Last).ToHaveTextAsync(message);
        foreach (var lane in (string[])["base", "adapter 1", "adapter 2", "blend"])
            await Expect(Lane(page, lane)).ToHaveAttributeAsync("data-state", "done");
    }

    /// <summary>What a lane answered last, token by token.</summary>
    private static async Task<string> AnswerAsync(HubPage page, string label) => string.Concat(await Lane(page, label).Locator(".token").AllTextContentsAsync()).Trim();

    private static async Task FillAsync(HubPage page, string label, string value)
    {
        var field = page.Page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.PressAsync("Tab");
    }

    [GeneratedRegex("l=1:layers.3.mlp%3D0.9.*c=1:rising:8")]
    private static partial Regex CurveAndCell();

    [GeneratedRegex("&draw=1$")]
    private static partial Regex NextDraw();

    [GeneratedRegex("^adapterhub.devils-dictionary")]
    private static partial Regex Devil();

    [GeneratedRegex("king-james:0.3.*devils-dictionary:0.4")]
    private static partial Regex BothWeights();

    [GeneratedRegex("devils-dictionary:0.9")]
    private static partial Regex DevilWeight();

    [GeneratedRegex(@"ppl \d")]
    private static partial Regex Perplexity();
}
