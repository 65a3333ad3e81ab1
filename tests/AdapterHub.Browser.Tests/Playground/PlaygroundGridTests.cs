using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>The grid of two weights in a browser, with a real engine behind it.</summary>
public sealed partial class PlaygroundGridTests(Chromium chromium, PlaygroundHub hub) : IClassFixture<PlaygroundHub>
{
    private const string Pair = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:1&a=adapterhub/devils-dictionary:0.2&prompt=In%20the%20beginning&tokens=16&t=0";
    [Fact]
    public async Task Grid_FillsACellForEachPairOfWeights_AndACellSetsTheSliders()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair);
        await page.Page.Locator("#show-grid").ClickAsync();
        await page.Page.Locator("#grid-fill").ClickAsync();
        await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync("25 cells");
        await Expect(Cell(page, 0, 0).Locator("strong")).ToHaveTextAsync("0 %"); // no weight at all is the base
        await Expect(Cell(page, 4, 4).Locator("strong")).Not.ToHaveTextAsync("0 %");
        await Expect(Cell(page, 0, 4)).ToHaveAttributeAsync("aria-label", Reading());

        await Cell(page, 3, 2).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("0.5");
        await Expect(page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true })).ToHaveValueAsync("0.75");
        await Expect(Cell(page, 3, 2)).ToHaveAttributeAsync("aria-pressed", "true");
        var text = await page.Page.Locator(".grid-text").InnerTextAsync();
        await page.Page.Locator("#grid-to-lanes").ClickAsync();
        await Expect(page.Page.Locator("[data-lane='blend'] .lane-text")).ToHaveTextAsync(text.Trim());
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task AddressOfAGrid_FillsItInAnotherBrowser_ByThePerplexityOfADataset()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&across=1:-1:1:3&down=2:0:1:2&metric=perplexity&from=adapterhub/king-james-wisdom");
        await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync("6 cells");
        var against = await FigureAsync(page, 0, 0);
        var with = await FigureAsync(page, 0, 2);
        with.ShouldBeLessThan(await FigureAsync(page, 0, 1), "scripture is better foreseen with the adapter that was trained on it");
        against.ShouldBeGreaterThan(with);
    }

    [Fact]
    public async Task GridOfAChat_AnswersTheWholeConversation_AsTheLaneOfItsWeightsDoes()
    {
        await using var page = await OpenAsync();
        await page.GoAsync("/playground?base=adapterhub/inkwell&a=adapterhub/king-james:1&a=adapterhub/devils-dictionary:0.2&tokens=12&t=0&as=chat"
            + "&u=0:Who%20made%20the%20heavens%3F&u=0:And%20the%20sea%3F&across=1:0:1:2&down=2:0:1:2&metric=differs");
        await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync("4 cells");
        await Expect(Cell(page, 0, 0).Locator("strong")).ToHaveTextAsync("0 %"); // no weight at all is the base, through the whole chat
        var copied = JsonNode.Parse(await CopiedAsync(page, "Copy as JSON"))!;
        copied["messages"]!.AsArray().Select(message => (string?)message).ShouldBe(["Who made the heavens?", "And the sea?"]);
        copied["across"]!["weights"]!.AsArray().Select(weight => (double)weight!).ShouldBe([0, 1]);
        var cells = copied["cells"]!.AsArray();
        cells.Select(cell => ((double)cell!["across"]!, (double)cell["down"]!)).ShouldBe([(0, 0), (1, 0), (0, 1), (1, 1)]);
        cells.Select(cell => (string?)cell!["before"]![0]!["message"]).ShouldAllBe(message => message == "Who made the heavens?");
        var first = cells.Select(cell => ((string)cell!["before"]![0]!["answer"]!).Trim()).ToList();
        first[3].ShouldNotBe(first[0], "each cell goes on from an answer of its own");

        await Cell(page, 1, 1).ClickAsync();
        var text = await page.Page.Locator(".grid-text").InnerTextAsync();
        await page.Page.Locator("#grid-to-lanes").ClickAsync();
        var blend = page.Page.Locator("[data-lane='blend']");
        await Expect(blend.Locator(".lane-past")).ToHaveTextAsync([first[3]]);
        await Expect(blend).ToHaveAttributeAsync("data-state", "done");
        string.Concat(await blend.Locator(".token").AllTextContentsAsync()).Trim().ShouldBe(text.Trim());
        var note = await CopiedAsync(page, "Copy as Markdown");
        note.ShouldContain("> Who made the heavens?");
        note.ShouldContain(first[3]);
        note.ShouldContain("> And the sea?");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_KeepsTheCellsThatAreFilled()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair.Replace("tokens=16", "tokens=120", StringComparison.Ordinal) + "&across=1:-1:1:9&down=2:0:1:9&metric=length");
        await page.Page.Locator("#grid-stop").WaitForAsync();
        await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync(SomeCells());
        await page.Page.Locator("#grid-stop").ClickAsync();
        await Expect(page.Page.Locator("#grid-progress")).ToHaveTextAsync(Stopped());
        await Expect(page.Page.Locator("#grid-fill")).ToHaveTextAsync("Fill the rest");
    }

    /// <summary>What a button copies, which it does once nothing is written any more.</summary>
    private static async Task<string> CopiedAsync(HubPage page, string name)
    {
        var button = page.Page.GetByRole(AriaRole.Button, new() { Name = name });
        await Expect(button).ToBeEnabledAsync();
        return await button.GetAttributeAsync("data-copy") ?? "";
    }

    private static async Task<double> FigureAsync(HubPage page, int row, int column) =>
        double.Parse(await Cell(page, row, column).Locator("strong").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

    private static ILocator Cell(HubPage page, int row, int column) => page.Page.Locator($"[data-cell='{row} {column}']");

    private async Task<HubPage> OpenAsync()
    {
        var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        return page;
    }

    [GeneratedRegex(@"^king-james 1, devils-dictionary 0: \d+ %$")]
    private static partial Regex Reading();

    [GeneratedRegex("^(16|32|48|64) of 81 cells$")]
    private static partial Regex SomeCells();

    [GeneratedRegex("^(16|32|48|64) of 81 cells; stopped$")]
    private static partial Regex Stopped();
}
