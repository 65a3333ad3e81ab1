using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Database;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Managing;

/// <summary>What owners do with a repository, and what others see of it.</summary>
public sealed class RepositorySettingsTests(Chromium chromium)
{
    [Fact]
    public async Task MadePrivate_IsGoneForStrangersUntilOneGetsARole()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var bob = await server.AddPersonAsync(ada, "bob", "Bob Builder");
        await server.PublishDatasetAsync(ada, "ada/rows");
        await using var owner = await chromium.OpenAsync(server);
        await owner.SignInAsync(server, ada);
        await using var stranger = await chromium.OpenAsync(server);
        await stranger.SignInAsync(server, bob);

        await owner.GoAsync("/ada/rows/settings");
        await owner.Page.GetByLabel("Private").CheckAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await owner.Page.GetByText("ada/rows is private now.").WaitForAsync();
        (await stranger.Page.GotoAsync("/ada/rows"))!.Status.ShouldBe(404);

        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "People" }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Combobox, new() { Name = "Add somebody" }).PressSequentiallyAsync("bo");
        await owner.Page.GetByRole(AriaRole.Option, new() { Name = "bob Bob Builder" }).WaitForAsync();
        await owner.Page.Keyboard.PressAsync("ArrowDown");
        await owner.Page.Locator("[role=option][aria-selected=true]").WaitForAsync();
        await owner.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Combobox, new() { Name = "Add somebody" })).ToHaveValueAsync("bob");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await owner.Page.GetByLabel("Role of bob").WaitForAsync();
        await owner.ReachAsync("/ada/rows/settings?tab=people");
        await stranger.GoAsync("/ada/rows");
        await stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "Rows", Level = 1 }).WaitForAsync();

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Remove bob" }).ClickAsync();
        await owner.Page.GetByText("bob has no role here any more.").WaitForAsync();
        (await stranger.Page.GotoAsync("/ada/rows"))!.Status.ShouldBe(404);
        owner.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Renamed_OldAddressLeadsToTheNewOne()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.PublishDatasetAsync(ada, "ada/rows");
        await server.PublishDatasetAsync(ada, "ada/taken");
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync(server, ada);
        await page.GoAsync("/ada/rows/settings");
        var name = page.Page.GetByLabel("Name", new() { Exact = true });

        await name.FillAsync("taken");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.Page.GetByText("ada/taken exists already").WaitForAsync();
        await name.FillAsync("columns");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.ReachAsync("/ada/columns/settings");

        await page.GoAsync("/ada/rows?tab=files");
        await page.ReachAsync("/ada/columns?tab=files");
    }

    [Fact]
    public async Task Deleted_AsksForTheNameAndCanBeRestored()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.PublishDatasetAsync(ada, "ada/rows");
        await using var page = await chromium.OpenAsync(server);
        await using var stranger = await chromium.OpenAsync(server);
        await page.SignInAsync(server, ada);

        await page.GoAsync("/ada/rows/settings?tab=delete");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Move to the trash" }).ClickAsync();
        var deed = page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Move to the trash" });
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).FillAsync("ada/row");
        (await deed.IsDisabledAsync()).ShouldBeTrue();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).FillAsync("ada/rows");
        await deed.ClickAsync();
        await page.Page.GetByText("This lies in the trash").WaitForAsync();
        (await stranger.Page.GotoAsync("/ada/rows"))!.Status.ShouldBe(404);

        await page.GoAsync("/trash");
        await page.Page.GetByText("30 days left").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restore ada/rows" }).ClickAsync();
        await page.Page.GetByText("The trash is empty").WaitForAsync();
        (await stranger.Page.GotoAsync("/ada/rows"))!.Status.ShouldBe(200);
    }

    [Fact]
    public async Task DeletedForGood_FreesTheName()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.PublishDatasetAsync(ada, "ada/rows");
        await server.TrashAsync(ada, "ada/rows");
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync(server, ada);

        await page.GoAsync("/trash");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Delete ada/rows for good" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).FillAsync("ada/rows");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();

        await page.Page.GetByText("The trash is empty").WaitForAsync();
        (await page.Page.GotoAsync("/ada/rows"))!.Status.ShouldBe(404);
        await server.PublishDatasetAsync(ada, "ada/rows");
    }

    [Fact]
    public async Task Tag_MadeAtAnOlderVersion_NamesItUntilItIsDeleted()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var first = await server.PublishDatasetAsync(ada, "ada/rows");
        await server.ReviseAsync(ada, "ada/rows", "More rows", ("more.jsonl", "{\"prompt\": \"Two\", \"completion\": \"2\"}\n"));
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync(server, ada);

        await page.GoAsync("/ada/rows?tab=versions");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Tag" }).Last.ClickAsync();
        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("v1");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "v1" }).Filter(new() { HasText = first.CommitId[..12] }).WaitForAsync();
        await page.GoAsync("/ada/rows?tab=files&revision=v1");
        (await page.Page.GetByText("more.jsonl").CountAsync()).ShouldBe(0);

        await page.GoAsync("/ada/rows/settings?tab=references");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Delete the tag v1" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "v1" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await page.Page.GotoAsync("/ada/rows?revision=v1"))!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task Stranger_IsSentToSignIn_AndAReaderIsRefused()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var bob = await server.AddPersonAsync(ada, "bob");
        await server.PublishDatasetAsync(ada, "ada/rows");
        await server.PublishDatasetAsync(ada, "ada/hidden", RepositoryVisibility.Private);
        await using var page = await chromium.OpenAsync(server);

        await page.Page.GotoAsync("/ada/rows/settings");
        await page.ReachAsync(new Regex("/sign-in(\\?|$)"));
        await page.SignInAsync(server, bob);
        (await page.Page.GotoAsync("/ada/rows/settings"))!.Status.ShouldBe(403);
        (await page.Page.GotoAsync("/ada/hidden/settings"))!.Status.ShouldBe(404);
        (await page.Page.GotoAsync("/ada/hidden/fork"))!.Status.ShouldBe(404);
    }
}
