using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Blending;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>From the playground's sliders to a saved adapter and back, and two people in the playground at once.</summary>
public sealed partial class PlaygroundJourneyTests(Chromium chromium, BlendingHub hub) : IClassFixture<BlendingHub>
{
    private const string Prompt = "In the beginning";
    private const string Pair = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:0.7&a=adapterhub/devils-dictionary:0.6&prompt=In%20the%20beginning&t=0";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BlendOfTheSliders_IsSavedFoundPulledAndSaysTheSame()
    {
        await using var page = await OpenAsync();
        await page.GoAsync(Pair + "&tokens=24");
        await Expect(Lane(page, "blend")).ToHaveAttributeAsync("data-state", "done");
        var spoken = await Lane(page, "blend").Locator(".lane-text").InnerTextAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Save as adapter" }).ClickAsync();
        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("slid-together");
        await page.Page.GetByRole(AriaRole.Radio, new() { Name = "Public" }).CheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save as adapter" }).ClickAsync();
        await Expect(page.Page.Locator("#saved-adapter")).ToHaveTextAsync("ada/slid-together");
        await page.GoAsync("/?q=slid-together");
        await page.Page.GetByRole(AriaRole.Link, new() { NameRegex = Saved() }).First.WaitForAsync();

        await page.GoAsync("/playground?base=adapterhub/inkwell&a=ada/slid-together&prompt=In%20the%20beginning&t=0&tokens=24");
        await Expect(Lane(page, "adapter 1")).ToHaveAttributeAsync("data-state", "done");
        (await Lane(page, "adapter 1").Locator(".lane-text").InnerTextAsync()).ShouldBe(spoken);

        var folder = Directory.CreateTempSubdirectory("pulled-").FullName;
        try
        {
            await CommandAsync(folder, "pull", "ada/slid-together", "--hub", hub.Server.Url, "--out", "mix");
            var made = await CommandAsync(folder, "generate", "--base", Path.Combine(Publications.SeedFolder, "models", "inkwell"), "--adapter", "mix", "--prompt", Prompt, "--max-tokens", "24", "--temperature", "0", "--json");
            JsonDocument.Parse(made).RootElement.GetProperty("text").GetString()!.Trim().ShouldEndWith(spoken.Trim(), customMessage: made);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task TwoPeople_StreamAtTheSameTime_AndStoppingOneLeavesTheOther()
    {
        var ben = await hub.Server.AddPersonAsync(hub.Ada, "ben");
        await using var first = await OpenAsync();
        await using var second = await chromium.OpenAsync(hub.Server);
        await second.SignInAsync(hub.Server, ben);
        await Task.WhenAll(first.GoAsync(Pair + "&tokens=400"), second.GoAsync(Pair + "&tokens=400&draw=2"));
        await Expect(Lane(first, "blend").Locator(".token").Nth(5)).ToBeVisibleAsync();
        await Expect(Lane(second, "blend").Locator(".token").Nth(5)).ToBeVisibleAsync();
        await Expect(first.Page.Locator("#stop")).ToHaveCountAsync(1); // both are being written now
        await Expect(second.Page.Locator("#stop")).ToHaveCountAsync(1);

        await first.Page.Locator("#stop").ClickAsync();
        await Expect(Lane(first, "blend")).ToContainTextAsync("Stopped");
        await Expect(Lane(second, "blend")).ToHaveAttributeAsync("data-state", "done");
        await Expect(Lane(second, "blend")).Not.ToContainTextAsync("Stopped");
        first.Complaints.ShouldBeEmpty();
        second.Complaints.ShouldBeEmpty();
    }

    private async Task<HubPage> OpenAsync()
    {
        var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        return page;
    }

    private static ILocator Lane(HubPage page, string label) => page.Page.Locator($"[data-lane='{label}']");

    private static async Task<string> CommandAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "adapterhub.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        start.Environment["ADAPTERHUB_CACHE"] = Path.Combine(folder, "cache");
        using var program = Process.Start(start)!;
        var complaints = program.StandardError.ReadToEndAsync(Cancel);
        var output = await program.StandardOutput.ReadToEndAsync(Cancel);
        await program.WaitForExitAsync(Cancel);
        program.ExitCode.ShouldBe(0, await complaints);
        return output;
    }

    [GeneratedRegex("slid-together")]
    private static partial Regex Saved();
}
