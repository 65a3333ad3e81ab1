using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Browser.Tests.Journeys;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Blending;

/// <summary>Two seed adapters in a browser: compared, weighed, blended, found again with their parents.</summary>
public sealed partial class BlendPageTests(Chromium chromium, BlendingHub hub) : IClassFixture<BlendingHub>
{
    private const string Pair = "/blend?base=adapterhub/inkwell&a=adapterhub/king-james:0.7&a=adapterhub/devils-dictionary:0.3";

    [Fact]
    public async Task TwoAdapters_AreComparedSavedAndFoundWithTheirParents()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync("/adapterhub/king-james");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Blend with others" }).ClickAsync();
        await page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true }).FillAsync("0.7");
        await page.Page.GetByLabel("Add an adapter").FillAsync("devil");
        await page.Page.GetByRole(AriaRole.Option, new() { NameRegex = Devil() }).ClickAsync();
        var weight = page.Page.GetByLabel("Weight of adapterhub/devils-dictionary", new() { Exact = true });
        await weight.FillAsync("0.3");
        await weight.PressAsync("Tab");
        await page.ReachAsync(DevilWeight());

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check how they interfere" }).ClickAsync();
        await page.Page.Locator("#interference-report").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Table, new() { Name = "Cosine between adapters" }).WaitForAsync();
        await page.Page.Locator("#rank-curve").WaitForAsync();
        await page.ReachAsync(new Regex("check="));
        await page.GoAsync(await page.ReadPathAsync());
        await page.Page.Locator("#interference-report").WaitForAsync();

        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("prophet-cynic");
        await page.Page.GetByLabel("About", new() { Exact = true }).FillAsync("Speaks as a prophet who has read Bierce.");
        await page.Page.GetByRole(AriaRole.Radio, new() { Name = "Public" }).CheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save as adapter" }).DblClickAsync();
        var saved = page.Page.Locator("#saved-adapter");
        await Expect(saved).ToHaveTextAsync("ada/prophet-cynic");
        await page.Page.GetByText("adapterhub blend --recipe prophet-cynic/blend.json").WaitForAsync();

        await saved.ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Checked on the base model" }).WaitForAsync();
        await page.Page.GetByText("Speaks as a prophet who has read Bierce.").First.WaitForAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Lineage" }).First.ClickAsync();
        var parents = page.Page.GetByRole(AriaRole.Region, new() { Name = "Comes from" });
        await Expect(parents).ToContainTextAsync("adapterhub/king-james");
        await Expect(parents).ToContainTextAsync("× 0.7");
        await Expect(parents).ToContainTextAsync("adapterhub/devils-dictionary");
        await page.GoAsync("/?q=prophet-cynic");
        await page.Page.GetByRole(AriaRole.Link, new() { NameRegex = Saved() }).First.WaitForAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task CurveAndASingleModule_StandInTheAddressAndInTheRecipe()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Pair);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Layers of adapterhub/king-james" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Rising" }).ClickAsync();
        await Expect(page.Page.GetByLabel("Attention of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.35");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Single modules" }).ClickAsync();
        await FillAsync(page, "v_proj of adapterhub/king-james", "0.5");
        await Expect(page.Page.GetByLabel("v_proj of layer 7 of adapterhub/king-james")).ToHaveValueAsync("0.35");
        await FillAsync(page, "q_proj of layer 3 of adapterhub/king-james", "0.9");
        await page.ReachAsync(ModuleCell());

        await page.GoAsync(await page.ReadPathAsync()); // a value that was typed is shown without being asked for
        await Expect(page.Page.GetByLabel("q_proj of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.9");
        await Expect(page.Page.GetByLabel("v_proj of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("0.5");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Attention and MLP" }).ClickAsync();
        await Expect(page.Page.GetByLabel("Attention of layer 3 of adapterhub/king-james")).ToHaveAttributeAsync("placeholder", "mixed");
        await Expect(page.Page.GetByLabel("MLP of layer 3 of adapterhub/king-james")).ToHaveValueAsync("0.35");

        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("rising-prophet");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save as adapter" }).ClickAsync();
        await Expect(page.Page.Locator("#saved-adapter")).ToHaveTextAsync("ada/rising-prophet");
        await page.Page.Locator("#saved-adapter").ClickAsync();
        await Expect(page.Page.GetByText("layers.3.self_attn.q_proj")).ToBeVisibleAsync();
        await page.Page.GetByText("layers.7.self_attn.v_proj").First.WaitForAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task ApproximateBlend_ShowsItsErrorBeforeItCanBeSaved()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Pair);

        await page.Page.GetByRole(AriaRole.Radio, new() { NameRegex = SmallerRank() }).CheckAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Save as adapter" })).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Measure what it loses" }).ClickAsync();
        await page.Page.GetByText(Loses()).WaitForAsync();
        await page.Page.GetByRole(AriaRole.Group, new() { Name = "Rank of the blend" }).GetByRole(AriaRole.Button).First.ClickAsync();

        await page.ReachAsync(RankOne());
        await Expect(page.Page.Locator("#save")).ToContainTextAsync(Loses());
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save as adapter" }).WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Equal shares" }).ClickAsync();
        await page.Page.GetByText("have changed since this was measured").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Measure what it loses" }).WaitForAsync();
    }

    [Theory]
    [InlineData("&method=slerp&a=adapterhub/database-manual", "slerp goes from one adapter to another")]
    [InlineData("&method=slerp&a=adapterhub/none", "does not exist")]
    public async Task WhatCannotBeBlended_SaysWhyAndStartsNothing(string more, string reason)
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Pair + more);

        await Expect(page.Page.Locator("#blend-problems")).ToContainTextAsync(reason);
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Check how they interfere" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task ExamplesOfScripture_FindWeightsThatBeatTheUniformBlend()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Pair);
        var text = await File.ReadAllTextAsync(Path.Combine(Visitor.Seeds, "datasets", "king-james-wisdom", "text.txt"), TestContext.Current.CancellationToken);

        await page.Page.GetByRole(AriaRole.Textbox, new() { NameRegex = Examples() }).FillAsync(text[..14_000]);
        await page.Page.GetByLabel("Steps").FillAsync("12");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Find weights" }).ClickAsync();
        var rows = page.Page.Locator("#held-out tbody tr th");
        await rows.First.WaitForAsync();
        var order = await rows.AllTextContentsAsync();
        order.ToList().IndexOf("these weights").ShouldBeLessThan(order.ToList().IndexOf("equal weights"), string.Join(", ", order));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Use these weights" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "These weights are in use" }).WaitForAsync();
        await Expect(page.Page).Not.ToHaveURLAsync(new Regex("king-james:0\\.7"));
        await page.ReachAsync(new Regex("learn="));
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HubWithoutWorkers_SaysThatTheRunWaitsAndLetsItBeCancelled()
    {
        await using var server = await HubServer.StartAsync(Publications.WithSeeds);
        var ada = await server.AddAdministratorAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync(server, ada);
        await page.GoAsync(Pair);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check how they interfere" }).ClickAsync();
        await page.Page.GetByText("No worker is connected").WaitForAsync();
        await page.ShootAsync("blend-waiting");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.Page.GetByText("It was cancelled").WaitForAsync();

        await page.ShootAsync("blend-cancelled");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check again" }).WaitForAsync();
    }

    [Fact]
    public async Task Stranger_SeesTheBlendAndIsAskedToSignIn()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.GoAsync(Pair + "&check=999");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in to save" }).WaitForAsync();
        await page.Page.GetByText("Run 999 cannot be shown").WaitForAsync();
        await Expect(page.Page.GetByLabel("Weight of adapterhub/king-james", new() { Exact = true })).ToHaveValueAsync("0.7");
    }

    private static async Task FillAsync(HubPage page, string label, string value)
    {
        var field = page.Page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.PressAsync("Tab");
    }

    [GeneratedRegex("l=1:layers.3.self_attn.q_proj%3D0.9.*c=1:rising:8:1:1:0.5:1:1:1:1")]
    private static partial Regex ModuleCell();

    [GeneratedRegex("^Examples")]
    private static partial Regex Examples();

    [GeneratedRegex("^adapterhub.devils-dictionary")]
    private static partial Regex Devil();

    [GeneratedRegex("devils-dictionary:0\\.3")]
    private static partial Regex DevilWeight();

    [GeneratedRegex("prophet-cynic")]
    private static partial Regex Saved();

    [GeneratedRegex("smaller rank")]
    private static partial Regex SmallerRank();

    [GeneratedRegex("Approximate: loses")]
    private static partial Regex Loses();

    [GeneratedRegex("rank=1(&|$)")]
    private static partial Regex RankOne();
}
