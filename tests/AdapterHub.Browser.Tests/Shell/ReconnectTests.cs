using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

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
        await page.ReachAsync("/?q=poetry&sort=newest");
        (await page.Page.Locator("#site-search").InputValueAsync()).ShouldBe("poetry");
        (await page.Page.Locator("#connection").IsVisibleAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task ConnectionCutForAMoment_GoesOnWithTheSameCircuit()
    {
        await using var server = await HubServer.StartAsync();
        await using var page = await chromium.OpenAsync(server);
        var sockets = new List<IWebSocketRoute>();
        await page.Page.RouteWebSocketAsync(new Regex("/_blazor"), socket =>
        {
            sockets.Add(socket);
            socket.ConnectToServer();
        });
        await page.GoAsync("/styleguide");
        await page.Page.EvaluateAsync("() => { window.isFirstLoad = true; }");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Clicked 0" }).ClickAsync();
        await page.Page.GetByText("Clicked 1").WaitForAsync();

        await sockets[0].CloseAsync(new WebSocketRouteCloseOptions { Code = 1011, Reason = "cut" });

        while (sockets.Count < 2)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        // A click between the new socket and the circuit that it takes up again is lost: clicked until one counts, and the count goes on from 1.
        var button = page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new Regex("^Clicked ") });
        for (var attempt = 0; attempt < 100 && await button.InnerTextAsync() == "Clicked 1"; attempt++)
        {
            await button.ClickAsync();
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        await Assertions.Expect(button).ToHaveTextAsync(new Regex("^Clicked [2-9]"));
        (await page.Page.EvaluateAsync<bool>("() => window.isFirstLoad === true")).ShouldBeTrue();
    }
}
