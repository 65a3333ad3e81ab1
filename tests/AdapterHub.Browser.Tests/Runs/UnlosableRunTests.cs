using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Runs;

/// <summary>The whole way of somebody who trains an adapter, with everything that computes killed in the middle of it.</summary>
public sealed partial class UnlosableRunTests(Chromium chromium)
{
    private const int Steps = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrowserClosedAndWorkerAndHubKilled_TheRunEndsAsAnUndisturbedOne()
    {
        await using var hub = new HubProcess();
        var link = await hub.StartAsync();
        string address;
        await using (var page = await chromium.OpenAsync(hub.Url))
        {
            await SignUpAsync(page, link);
            address = await LaunchAsync(page, "stormy");
            await SeeLossFallAsync(page);
        }

        await hub.KillAllAsync();
        link = await hub.StartAsync();

        await using var again = await chromium.OpenAsync(hub.Url);
        await SignInAsync(again, link);
        await again.GoAsync(address);
        await again.Page.Locator("[data-run-state=succeeded]").WaitForAsync(new() { Timeout = 300_000 });
        await SeeWholeCurveAsync(again);
        await again.Page.GetByRole(AriaRole.Link, new() { Name = "Open the adapter" }).ClickAsync();
        await Assertions.Expect(again.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "stormy" })).ToBeVisibleAsync();
        await Assertions.Expect(again.Page.GetByText("adapterhub/inkwell").First).ToBeVisibleAsync();
        await again.GoAsync("/?q=stormy");
        await Assertions.Expect(again.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("stormy") }).First).ToBeVisibleAsync();

        await CompareWithCalmRunAsync(again, long.Parse(address.Split('/')[^1], CultureInfo.InvariantCulture));
    }

    private static async Task SignUpAsync(HubPage page, string link)
    {
        await page.Page.GotoAsync(link);
        await page.Page.GetByLabel("User name").FillAsync("ada");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.BecomeInteractiveAsync();
    }

    private static async Task SignInAsync(HubPage page, string link)
    {
        await page.Page.GotoAsync(link);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).First.ClickAsync();
        await page.BecomeInteractiveAsync();
    }

    /// <summary>Uploads a text and starts a run on it; its address.</summary>
    private static async Task<string> LaunchAsync(HubPage page, string name)
    {
        await page.GoAsync("/runs/new");
        await page.Page.Locator("form[data-ready]").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Upload a file" }).ClickAsync();
        var text = string.Join('\n', Enumerable.Range(1, 400).Select(verse => $"{verse}. The bell of the {(verse % 2 == 0 ? "north" : "south")} tower rang twice, and nobody counted."));
        // The field's script comes a moment after the field, and a file that was chosen before it is not heard of.
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#launch-file')?._blazorInputFileNextFileId === 0");
        await page.Page.Locator("#launch-file").SetInputFilesAsync(new FilePayload { Name = "bells.txt", MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
        await Assertions.Expect(page.Page.GetByText("The bell of the south tower").First).ToBeVisibleAsync();
        await FillAsync("#launch-steps", $"{Steps}");
        await page.Page.GetByText("All settings").ClickAsync();
        await FillAsync("#launch-batch", "4");
        await FillAsync("#launch-sequence", "64");
        await page.Page.GetByLabel("Measure every").FillAsync("20");
        await page.Page.GetByLabel("Checkpoint every").FillAsync("10");
        await page.Page.GetByLabel("Checkpoint every").BlurAsync();
        await page.Page.Locator("#launch-name").FillAsync(name);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await page.Page.Locator("[data-run-state][data-ready]").WaitForAsync();
        return await page.ReadPathAsync();

        async Task FillAsync(string field, string value)
        {
            await page.Page.Locator(field).FillAsync(value);
            await page.Page.Locator(field).BlurAsync();
        }
    }

    /// <summary>As somebody does who looks at the page: figures that change by themselves, and a line that grows and sinks.</summary>
    private static async Task SeeLossFallAsync(HubPage page)
    {
        var loss = page.Page.Locator(".run-facts div").Filter(new() { HasText = "Training loss" }).Locator("dd");
        await loss.WaitForAsync();
        var first = await ReadAsync();
        var last = first;
        while (await StepAsync() < 12 || last >= first)
        {
            (await page.Page.Locator("[data-run-state=running]").CountAsync()).ShouldBe(1, "the kills must fall into the run");
            await Task.Delay(100, Cancel);
            last = await ReadAsync();
        }

        last.ShouldBeLessThan(first);

        async Task<double> ReadAsync() => double.Parse(await loss.InnerTextAsync(), CultureInfo.InvariantCulture);
        async Task<int> StepAsync() => int.Parse(StepText().Match(await page.Page.Locator("[data-run-state]").InnerTextAsync()).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task SeeWholeCurveAsync(HubPage page)
    {
        await Assertions.Expect(page.Page.GetByText($"Step {Steps} of {Steps}")).ToBeVisibleAsync();
        await page.SeePointsAsync("training", Steps);
        page.Complaints.ShouldBeEmpty();
    }

    /// <summary>The same spec once more, with nobody killing anything: the same losses to the last bit, and the same adapter to the last byte.</summary>
    private static async Task CompareWithCalmRunAsync(HubPage page, long stormy)
    {
        var detail = await GetAsync(page, $"/api/runs/{stormy}");
        detail.GetProperty("run").GetProperty("attempt").GetInt32().ShouldBeGreaterThan(1);
        var calm = (await page.Page.EvaluateAsync<JsonElement>(
            "async body => await (await fetch('/api/runs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).json()",
            JsonSerializer.Serialize(new Dictionary<string, object> { ["spec"] = detail.GetProperty("spec"), ["target"] = "ada/calm" }))).GetProperty("id").GetInt64();
        string? state;
        while ((state = (await GetAsync(page, $"/api/runs/{calm}")).GetProperty("run").GetProperty("state").GetString()) is "queued" or "running")
            await Task.Delay(300, Cancel);
        state.ShouldBe("succeeded");

        var (disturbed, undisturbed) = (await EventsAsync(page, stormy), await EventsAsync(page, calm));
        disturbed.Select(happened => happened.GetProperty("number").GetInt64()).ShouldBe(Enumerable.Range(1, disturbed.Count).Select(number => (long)number));
        disturbed.Count(happened => Kind(happened) == "started").ShouldBeGreaterThan(1);
        Curve(disturbed).Count.ShouldBe(Steps);
        Curve(disturbed).ShouldBe(Curve(undisturbed));
        (await DownloadAsync(page, "stormy")).ShouldBe(await DownloadAsync(page, "calm"));
        var card = System.Text.Encoding.UTF8.GetString(await DownloadAsync(page, "stormy", "README.md"));
        card.ShouldContain("adapterhub/inkwell");
        card.ShouldContain("loss");
    }

    private static IReadOnlyList<string> Curve(IEnumerable<JsonElement> events) => [.. events.Where(happened => Kind(happened) == "step").Select(step =>
        $"{step.GetProperty("step").GetInt32()} {step.GetProperty("loss").GetRawText()} {step.GetProperty("gradientNorm").GetRawText()} {step.GetProperty("learningRate").GetRawText()}")];

    private static string? Kind(JsonElement happened) => happened.GetProperty("event").GetString();

    private static async Task<List<JsonElement>> EventsAsync(HubPage page, long run) => [.. (await GetAsync(page, $"/api/runs/{run}/events?limit=1000")).EnumerateArray()];

    private static async Task<byte[]> DownloadAsync(HubPage page, string name, string file = "adapter_model.safetensors")
    {
        var answer = await page.Context.APIRequest.GetAsync($"/api/hub/repositories/ada/{name}/files/main/{file}");
        answer.Status.ShouldBe(200);
        return await answer.BodyAsync();
    }

    private static async Task<JsonElement> GetAsync(HubPage page, string path)
    {
        var answer = await page.Context.APIRequest.GetAsync(path);
        answer.Status.ShouldBe(200, path);
        return (await answer.JsonAsync())!.Value;
    }

    [GeneratedRegex("Step ([0-9]+) of")]
    private static partial Regex StepText();
}
