using System.Security.Cryptography;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Journeys;

/// <summary>One person's repository and another person.</summary>
public sealed class PrivacyTests(Chromium chromium)
{
    private static readonly string KingJames = Path.Combine(Visitor.Seeds, "adapters", "king-james");

    [Fact]
    public async Task MadePrivate_ASecondPersonIsShutOutEverywhere()
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var ada = await chromium.OpenAsync(server);
        await ada.BecomeFirstAsync(server, "ada");
        await ada.PublishAsync(KingJames, "quux-bible");
        var digest = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(KingJames, "adapter_model.safetensors"), TestContext.Current.CancellationToken)));

        await ada.GoAsync("/ada/quux-bible/settings");
        await ada.Page.GetByRole(AriaRole.Radio, new() { Name = "private" }).CheckAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).First.ClickAsync();
        await Expect(ada.Page.Locator(".badge", new() { HasTextString = "private" }).First).ToBeVisibleAsync();

        await using var bob = await chromium.OpenAsync(server);
        await bob.SignInAsync(server, "bob");
        string[] closed =
        [
            "/ada/quux-bible", "/ada/quux-bible?tab=files", "/ada/quux-bible/settings", "/api/hub/repositories/ada/quux-bible",
            "/api/hub/repositories/ada/quux-bible/files/main/adapter_model.safetensors", $"/api/hub/repositories/ada/quux-bible/blobs/{digest}",
            "/api/hub/repositories/ada/quux-bible/archive/main", "/api/hub/repositories/ada/quux-bible/tree/main",
        ];
        foreach (var path in closed)
        {
            (await ada.Context.APIRequest.GetAsync(server.Url + path)).Status.ShouldBe(200, path);
            (await bob.Context.APIRequest.GetAsync(server.Url + path)).Status.ShouldBe(404, path);
        }

        await bob.GoAsync("/?q=quux");
        await Expect(bob.Page.Locator(".tile")).ToHaveCountAsync(0);
        await ada.GoAsync("/?q=quux");
        await Expect(ada.Page.Locator(".tile")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task LikedForkedAndDownloaded_TheBytesAreTheSame()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.BecomeFirstAsync(server, "ada");
        await page.GoAsync("/adapterhub/king-james");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Like 0" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Liked 1" })).ToBeVisibleAsync();

        await page.GoAsync("/adapterhub/king-james/fork");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Fork" }).ClickAsync();
        await page.ReachAsync("/ada/king-james");
        await Expect(page.Page.GetByText("fork of")).ToBeVisibleAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Files" }).First.ClickAsync();
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByLabel("Download adapter_model.safetensors").ClickAsync());
        (await File.ReadAllBytesAsync(await download.PathAsync(), cancel)).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(KingJames, "adapter_model.safetensors"), cancel));
    }
}
