using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Managing;

/// <summary>What authors wrote, shown: rows of data, and pictures of other sites that wait for a click.</summary>
public sealed class CardAndRowsTests(Chromium chromium)
{
    /// <summary>One transparent pixel.</summary>
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Fact]
    public async Task RemotePicture_IsFetchedAfterAClickAndNotBefore()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.PublishDatasetAsync(ada, "ada/rows", files:
        [
            ("README.md", "---\nlicense: cc0-1.0\n---\n# Rows\n\n![one](https://pictures.example/one.png)\n\n![two](http://pictures.example/two.png)\n"),
            ("train.jsonl", "{\"prompt\": \"One\", \"completion\": \"1\"}\n"),
        ]);
        await using var page = await chromium.OpenAsync(server);
        var fetched = new List<string>();
        await page.Context.RouteAsync("**://pictures.example/**", async route =>
        {
            fetched.Add(route.Request.Url);
            await route.FulfillAsync(new() { ContentType = "image/png", BodyBytes = Picture });
        });

        await page.GoAsync("/ada/rows?images=remote");
        await page.GoAsync("/ada/rows");
        fetched.ShouldBeEmpty();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Load image from pictures.example: one" }).ClickAsync();
        await page.ReachAsync("/ada/rows?images=remote");
        await page.BecomeInteractiveAsync();
        await page.Page.GetByRole(AriaRole.Img, new() { Name = "one" }).WaitForAsync();
        await Assertions.Expect(page.Page.GetByAltText("one")).ToHaveJSPropertyAsync("naturalWidth", 1);
        fetched.Distinct().ShouldBe(["https://pictures.example/one.png"]);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Load image from pictures.example: two" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByAltText("two")).ToHaveJSPropertyAsync("naturalWidth", 1);
        fetched.ShouldContain("https://pictures.example/two.png");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_ShowTheFileThatTheAddressNames()
    {
        await using var server = await HubServer.StartAsync();
        var ada = await server.AddAdministratorAsync();
        await server.PublishDatasetAsync(ada, "ada/rows", files:
        [
            ("README.md", "---\nlicense: cc0-1.0\n---\n# Rows\n"),
            ("more.csv", "name,age\nada,36\nbob,41\n"),
            ("train.jsonl", string.Concat(Enumerable.Range(1, 40).Select(k => $"{{\"messages\": [{{\"role\": \"user\", \"content\": \"Question {k}\"}}]}}\n"))),
        ]);
        await using var page = await chromium.OpenAsync(server);

        await page.GoAsync("/ada/rows?tab=rows");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "train.jsonl" }).WaitForAsync();
        await Assertions.Expect(page.Page.GetByText("Question 30", new() { Exact = true })).ToHaveCountAsync(1);
        await page.Page.GetByText("The first 30 of 40 rows.").WaitForAsync();
        await page.Page.Locator(".panel summary").ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "more.csv" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Cell, new() { Name = "41" }).WaitForAsync();
        await page.ReachAsync("?tab=rows&file=more.csv");
        await page.Page.GetByText("All 2 rows.").WaitForAsync();
    }
}
