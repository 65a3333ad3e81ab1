using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Managing;

/// <summary>Pages of people and organisations, and copies that people make.</summary>
public sealed class OwnerAndForkTests(Chromium chromium)
{
    [Fact]
    public async Task OwnerPage_ShowsWhatItsVisitorMaySee()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var bob = await server.AddPersonAsync(ada, "bob", "Bob Builder");
        await server.PublishDatasetAsync(bob, "bob/rows");
        await server.PublishDatasetAsync(bob, "bob/secret", RepositoryVisibility.Private);
        await using var stranger = await chromium.OpenAsync(server);
        await using var self = await chromium.OpenAsync(server);
        await self.SignInAsync(server, bob);

        await stranger.GoAsync("/bob");
        await stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "Bob Builder", Level = 1 }).WaitForAsync();
        await stranger.Page.GetByText("1 dataset", new() { Exact = true }).WaitForAsync();
        (await stranger.Page.GetByText("bob/secret").CountAsync()).ShouldBe(0);
        (await stranger.Page.GetByRole(AriaRole.Link, new() { Name = "Trash" }).CountAsync()).ShouldBe(0);
        await self.GoAsync("/BOB");
        await self.ReachAsync("/bob");
        await self.Page.GetByText("2 datasets", new() { Exact = true }).WaitForAsync();
        await self.Page.GetByRole(AriaRole.Link, new() { Name = "Trash" }).First.WaitForAsync();
        (await stranger.Page.GotoAsync("/nobody-here"))!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task OrganizationPage_ShowsItsMembers()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.AddPersonAsync(ada, "bob");
        var organizations = server.Services.GetRequiredService<Organizations>();
        await organizations.CreateAsync(ada, "lab", "The Lab", TestContext.Current.CancellationToken);
        await organizations.SetMemberAsync(ada, "lab", "bob", AccessRole.Writer, TestContext.Current.CancellationToken);
        await using var page = await chromium.OpenAsync(server);

        await page.GoAsync("/lab");

        await page.Page.GetByText("Organisation", new() { Exact = true }).WaitForAsync();
        var members = page.Page.GetByRole(AriaRole.List, new() { Name = "Members" }).GetByRole(AriaRole.Link);
        await Assertions.Expect(members).ToHaveCountAsync(2);
        await members.Last.ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "bob", Level = 1 }).WaitForAsync();
        await page.Page.GetByText("bob has published nothing that you can see.").WaitForAsync();
    }

    [Fact]
    public async Task Fork_LeadsToTheCopyWithItsHistoryAndItsSource()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        var bob = await server.AddPersonAsync(ada, "bob");
        await server.PublishDatasetAsync(ada, "ada/rows");
        await server.ReviseAsync(ada, "ada/rows", "More rows", ("more.jsonl", "{\"prompt\": \"Two\", \"completion\": \"2\"}\n"));
        await using var page = await chromium.OpenAsync(server);
        await page.SignInAsync(server, bob);

        await page.GoAsync("/ada/rows");
        await page.Page.Locator(".page-header summary").ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Fork" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Fork" }).ClickAsync();
        await page.ReachAsync("/bob/rows");

        await page.Page.GetByText("fork of").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Versions" }).ClickAsync();
        await page.Page.GetByText("First version").WaitForAsync();
        await page.GoAsync("/ada/rows?tab=lineage");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "bob/rows" }).WaitForAsync();
    }
}
