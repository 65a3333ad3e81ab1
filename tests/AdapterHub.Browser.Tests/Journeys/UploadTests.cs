using System.Text;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Journeys;

/// <summary>Files dropped on the page become a repository, or are refused with the reason.</summary>
public sealed class UploadTests(Chromium chromium)
{
    private static readonly string[] Adapters = ["king-james", "state-of-the-union", "devils-dictionary", "database-manual"];

    [Fact]
    public async Task FourSeedAdapters_DroppedAndPublished_AreInTheCatalogue()
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.BecomeFirstAsync(server, "ada");

        foreach (var name in Adapters)
            await page.PublishAsync(Path.Combine(Visitor.Seeds, "adapters", name), name);

        await page.GoAsync("/?owner=ada");
        await Expect(page.Page.Locator(".tile")).ToHaveCountAsync(4);
        foreach (var name in Adapters)
            await Expect(page.Page.GetByText($"ada/{name}", new() { Exact = true })).ToBeVisibleAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task BrokenFile_IsRefusedWithTheReason()
    {
        var files = Visitor.FilesOf(Path.Combine(Visitor.Seeds, "adapters", "king-james"));
        var weights = Array.FindIndex(files, file => file.Name == "adapter_model.safetensors");
        files[weights].Bytes = files[weights].Bytes[..^1000];

        await ShouldBeRefusedAsync(files, "adapter_model.safetensors");
    }

    [Fact]
    public async Task PickleUnderAnotherName_IsRefusedWithTheReason()
    {
        var files = Visitor.FilesOf(Path.Combine(Visitor.Seeds, "adapters", "king-james"));
        var weights = Array.FindIndex(files, file => file.Name == "adapter_model.safetensors");
        files[weights].Bytes = [0x80, 0x04, 0x95, .. Encoding.ASCII.GetBytes("\x1a\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.")];

        await ShouldBeRefusedAsync(files, "pickle");
    }

    [Fact]
    public async Task AdapterOfAnotherBase_IsRefusedWithTheReason()
    {
        var files = Visitor.FilesOf(Path.Combine(Visitor.Seeds, "adapters", "king-james"));
        var weights = Array.FindIndex(files, file => file.Name == "adapter_model.safetensors");
        // Same lengths, so that the header stays valid; other paths, so that nothing binds.
        files[weights].Bytes = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(files[weights].Bytes).Replace("model.layers.", "other.blocks.", StringComparison.Ordinal));

        await ShouldBeRefusedAsync(files, "inkwell");
    }

    private async Task ShouldBeRefusedAsync((string, byte[])[] files, string reason)
    {
        await using var server = await HubServer.StartAsync(options => options with { SeedFolder = Visitor.Seeds });
        await using var page = await chromium.OpenAsync(server);
        await page.BecomeFirstAsync(server, "ada");
        await page.GoAsync("/new");

        await page.DropAsync(files);
        await page.ReachDraftAsync();
        await page.NameAsync("refused");

        await Expect(page.Page.Locator(".notice").Filter(new() { HasText = reason }).First).ToBeVisibleAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true })).ToBeDisabledAsync();
        await page.ShootAsync($"refused-{reason}");
    }
}
