using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Shell;

/// <summary>The bars, menus, dialogs and messages that every page has.</summary>
public sealed class FrameTests(Chromium chromium)
{
    [Fact]
    public async Task Search_IsReachedByKeyAndChangesTheAddressWithoutANewPage()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        await page.Page.EvaluateAsync("() => { window.isFirstLoad = true; }");

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("king james");
        await page.Page.Keyboard.PressAsync("Enter");

        await page.ReachAsync("/?q=king+james");
        (await page.Page.EvaluateAsync<bool>("() => window.isFirstLoad === true")).ShouldBeTrue();
        await Assertions.Expect(page.Page.Locator(".bar-nav [aria-current='page']")).ToHaveTextAsync("Adapters");
    }

    [Fact]
    public async Task Search_KeepsTheFocusAndTheTextWhileThePageBecomesInteractive()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.Page.GotoAsync("/styleguide", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        await page.Page.Locator("#site-search").FocusAsync();
        await page.Page.Keyboard.TypeAsync("typed early");
        await page.BecomeInteractiveAsync();

        (await page.Page.Locator("#site-search").InputValueAsync()).ShouldBe("typed early");
        (await page.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("site-search");
    }

    [Fact]
    public async Task SkipLink_LeadsToTheContentOfThisPage()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?tab=states");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");

        (await page.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("content");
        await page.ReachAsync("/styleguide?tab=states");
    }

    [Fact]
    public async Task Tab_IsInTheAddressAndSurvivesAReload()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?page=3");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "States" }).ClickAsync();
        await page.Page.GetByText("No adapter fits").WaitForAsync();
        await page.ReachAsync("/styleguide?tab=states");

        await page.Page.ReloadAsync();
        await page.Page.GetByText("No adapter fits").WaitForAsync();
        await page.Page.GoBackAsync();
        await page.Page.GetByText("49 to 72 of 1,234").WaitForAsync();
    }

    [Fact]
    public async Task LinkToAnotherPage_PutsTheFocusOnItsHeading()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        await page.Page.Locator(".crumbs a").ClickAsync();

        await Assertions.Expect(page.Page.Locator("main h1")).ToBeFocusedAsync();
        await Assertions.Expect(page.Page.Locator("main h1")).ToHaveTextAsync("Adapters");
    }

    [Fact]
    public async Task Menu_ClosesWithEscapeAndByAClickElsewhere()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        var summary = page.Page.Locator("summary[aria-label='Theme']");
        var item = page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "As the system" });

        await summary.ClickAsync();
        await Assertions.Expect(item).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(item).ToBeHiddenAsync();
        await Assertions.Expect(summary).ToBeFocusedAsync();
        await summary.ClickAsync();
        await page.Page.Locator("h1").ClickAsync();
        await Assertions.Expect(item).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Dialog_AsksForTheWordAndEscapeCancels()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?tab=controls");
        var open = page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Delete ada/wisdom" });
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        var confirm = dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Delete" });

        await open.ClickAsync();
        await Assertions.Expect(confirm).ToBeDisabledAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Textbox)).ToBeFocusedAsync();
        await page.ShootAsync("dialog");
        (await page.FindBarriersAsync()).ShouldBeEmpty();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.GetByText("Cancelled.").WaitForAsync();

        await open.ClickAsync();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("ada/wisdom");
        await confirm.ClickAsync();
        await page.Page.GetByText("Confirmed.").WaitForAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Toasts_AreShownSpokenAndClosed()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?tab=controls");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Error", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Ok", Exact = true }).ClickAsync();
        var toasts = page.Page.Locator("[role='status'] .toast");
        await Assertions.Expect(toasts).ToHaveCountAsync(2);
        await page.ShootAsync("toasts");

        await toasts.First.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Close" }).ClickAsync();
        await Assertions.Expect(toasts).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task CopyButton_PutsTheTextOnTheClipboard()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GoAsync("/styleguide");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Copy Command line" }).ClickAsync();

        await page.Page.Locator("[data-copied='yes']").WaitForAsync();
        (await page.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).ShouldStartWith("adapterhub pull ada/wisdom\nadapterhub generate");
    }

    [Fact]
    public async Task Phone_HasItsPlacesAtTheFoot()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server, Screen.Phone);
        await page.GoAsync("/");
        var places = page.Page.Locator(".phone-bar a");

        await Assertions.Expect(places).ToHaveCountAsync(6);
        await Assertions.Expect(places.First).ToHaveAttributeAsync("aria-current", "page");
        await Assertions.Expect(page.Page.Locator(".bar-nav")).ToBeHiddenAsync();
        foreach (var place in await places.AllAsync())
            (await place.BoundingBoxAsync())!.Height.ShouldBeGreaterThanOrEqualTo(44, "a thumb needs 44 pixels");
    }

    [Fact]
    public async Task InlineScript_IsRefusedByThePolicy()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide");
        await ShouldBeRefusedAsync("const script = document.createElement('script'); script.textContent = 'window.isOwned = true'; document.body.append(script);");
        await ShouldBeRefusedAsync("const image = document.createElement('img'); image.setAttribute('onerror', 'window.isOwned = true'); image.src = '/nothing.png'; document.body.append(image);");
        (await page.Page.EvaluateAsync<bool>("() => window.isOwned === true")).ShouldBeFalse();

        Task ShouldBeRefusedAsync(string script) => page.Page.RunAndWaitForConsoleMessageAsync(
            () => page.Page.EvaluateAsync($"() => {{ {script} }}"),
            new() { Predicate = message => message.Text.Contains("Content Security Policy", StringComparison.Ordinal) });
    }
}
