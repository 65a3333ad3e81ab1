using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Shell;

/// <summary>Pages that fail in their circuit.</summary>
public sealed class FaultTests(Chromium chromium)
{
    [Fact]
    public async Task FailedPage_ShowsAReferenceAndNoDetails()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?tab=states");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Break this page" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Something went wrong on the server" }).WaitForAsync();
        await page.Page.GetByText("For the log:").WaitForAsync();
        (await page.Page.ContentAsync()).ShouldNotContain("Secret details");
        await page.ShootAsync("fault");

        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "All adapters" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Adapters", Exact = true }).WaitForAsync();
    }

    [Fact]
    public async Task RefusedPage_SaysWhatTheCatalogueSays()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/styleguide?tab=states");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Refuse this page" }).ClickAsync();

        await page.Page.GetByText("Error 404").WaitForAsync();
        await page.Page.GetByText("ada/wisdom does not exist, or you have no access to it.").WaitForAsync();
    }
}
