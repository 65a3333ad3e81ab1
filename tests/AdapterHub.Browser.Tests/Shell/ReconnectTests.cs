using AdapterHub.Browser.Tests.Fixtures;

namespace AdapterHub.Browser.Tests.Shell;

/// <summary>A page whose server goes away and comes back, without a click of its reader.</summary>
public sealed class ReconnectTests(Chromium chromium)
{
    [Fact]
    public async Task ServerStartedAgain_LoadsThePageAgainWithTheSameAddress()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        await page.GoAsync("/?q=poetry&sort=newest");
        await page.Page.EvaluateAsync("() => { window.isFirstLoad = true; }");

        await server.StopAsync();
        await page.Page.GetByText("Connection lost").WaitForAsync();
        await page.ShootAsync("connection-lost");
        await server.StartAgainAsync();

        await page.Page.WaitForFunctionAsync("() => window.isFirstLoad === undefined");
        await page.BecomeInteractiveAsync();
        page.Page.Url.ShouldEndWith("/?q=poetry&sort=newest");
        (await page.Page.Locator("#site-search").InputValueAsync()).ShouldBe("poetry");
        (await page.Page.Locator("#connection").IsVisibleAsync()).ShouldBeFalse();
    }
}
