using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Journeys;

/// <summary>What a person does on the pages again and again.</summary>
internal static class Visitor
{
    public const string Password = "a long enough secret 42";

    public static string Seeds { get; } = Path.Combine(Repository.Root, "data", "seed");

    /// <summary>Follows the link that the hub's start prints and makes the first account.</summary>
    public static async Task BecomeFirstAsync(this HubPage page, HubServer server, string name)
    {
        var link = await server.Services.GetRequiredService<FirstStart>().IssueAsync(true, TestContext.Current.CancellationToken);
        await page.Page.GotoAsync($"/start?key={link.ShouldNotBeNull().Key}");
        await page.Page.GetByLabel("User name").FillAsync(name);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.BecomeInteractiveAsync();
    }

    /// <summary>Makes an account with the catalogue's own registration and signs in with its password.</summary>
    public static async Task SignInAsync(this HubPage page, HubServer server, string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        var settings = server.Services.GetRequiredService<HubSettingsStore>();
        await settings.UpdateAsync(Actor.Hub, (await settings.GetAsync(cancel)) with { Registration = RegistrationMode.Open }, cancel);
        await server.Services.GetRequiredService<Registration>().RegisterAsync(Actor.Anonymous, new NewAccount(name, Password), null, cancel);
        await page.Page.GotoAsync("/sign-in");
        await page.Page.GetByLabel("User name").FillAsync(name);
        await page.Page.GetByLabel("Password").FillAsync(Password);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.BecomeInteractiveAsync();
    }

    /// <summary>Drops files on the page, as if dragged from a folder of this machine.</summary>
    public static async Task DropAsync(this HubPage page, params (string Name, byte[] Bytes)[] files)
    {
        // Its script comes a moment after the page is drawn.
        await page.Page.Locator(".drop[data-ready]").WaitForAsync();
        var transfer = await page.Page.EvaluateHandleAsync(
            """
            files => {
              const transfer = new DataTransfer();
              for (const { name, base64 } of files)
                transfer.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
              return transfer;
            }
            """,
            files.Select(file => new Dictionary<string, string> { ["name"] = file.Name, ["base64"] = Convert.ToBase64String(file.Bytes) }).ToArray());
        await page.Page.Locator(".drop").First.DispatchEventAsync("drop", new { dataTransfer = transfer });
    }

    public static (string Name, byte[] Bytes)[] FilesOf(string folder) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];

    /// <summary>Uploads a folder as a new repository and waits for its page.</summary>
    public static async Task PublishAsync(this HubPage page, string folder, string name)
    {
        await page.GoAsync("/new");
        await page.DropAsync(FilesOf(folder));
        await page.ReachDraftAsync();
        await page.NameAsync(name);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await page.ReachAsync($"/{name}");
    }

    /// <summary>Waits for the page of a new draft.</summary>
    public static Task ReachDraftAsync(this HubPage page) => page.ReachAsync(new Regex("/drafts/[^/]+$"));

    /// <summary>Gives a draft its name.</summary>
    public static async Task NameAsync(this HubPage page, string name)
    {
        var field = page.Page.GetByLabel("Name", new() { Exact = false }).Last;
        await field.FillAsync(name);
        await field.BlurAsync();
    }
}
