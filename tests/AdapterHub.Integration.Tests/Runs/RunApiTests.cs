using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Integration.Tests.Runs;

public sealed class RunApiTests
{
    private const string Spec = """{"kind":"evaluate","base":"ada/base","data":{"files":["ada/texts"]}}""";

    private static CancellationToken Cancel => RunningHub.Cancel;

    [Fact]
    public async Task RequestSentTwice_StartsOneRun()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);

        using var first = await PostAsync(client, "/api/runs", $$"""{"spec":{{Spec}},"key":"k"}""");
        using var second = await PostAsync(client, "/api/runs", $$"""{"spec":{{Spec}},"key":"k"}""");

        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        (await Read<HubRun>(first)).Id.ShouldBe((await Read<HubRun>(second)).Id);
        (await client.GetFromJsonAsync("/api/runs", RunJson.Default.HubRunPage, Cancel))!.Total.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"kind":"evaluate","base":"ada/none","data":{"files":["ada/texts"]}}""", "ada/none")]
    [InlineData("""{"kind":"evaluate","base":"ada/base","data":{"files":["/etc/passwd"]}}""", "/etc/passwd")]
    [InlineData("""{"kind":"evaluate","base":"ada/base","data":{"files":[]}}""", "data.files")]
    [InlineData("""{"kind":"evaluate","base":"ada/base","data":{"files":["ada/texts"]},"batchSize":0}""", "batchSize")]
    [InlineData("""{"kind":"evaluate","base":"ada/base","data":{"files":["ada/texts"]},"misspelt":1}""", "misspelt")]
    [InlineData("""{"kind":"pretrain","config":"c","tokenizer":"t","data":{"files":["ada/texts"]}}""", "train, evaluate and blend")]
    [InlineData("""{"kind":"train","base":"ada/base","data":{"files":["ada/texts"]}}""", "owner/name")]
    [InlineData("[]", "spec")]
    public async Task SpecThatCannotBe_IsRefusedInWords(string spec, string word)
    {
        await using var runs = await RunHubFixture.StartAsync();

        using var refused = await PostAsync(runs.Hub.As(runs.Ada), "/api/runs", $$"""{"spec":{{spec}}}""");

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain(word);
    }

    [Fact]
    public async Task Text_IsSentAndReadByARun()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var client = runs.Hub.As(runs.Ada);
        using var sent = await client.PostAsync("/api/runs/files?name=pasted.txt", new StringContent("pasted"), Cancel);
        var reference = (await Read<HubSentFile>(sent)).Reference;
        using var started = await PostAsync(client, "/api/runs", $$"""{"spec":{"kind":"evaluate","base":"base","data":{"files":["{{reference}}"]} } }""");
        started.StatusCode.ShouldBe(HttpStatusCode.Created);

        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        var file = lease.Inputs.Single(input => input.Reference == reference);
        var folder = Directory.CreateTempSubdirectory("fetched-");
        await worker.FetchAsync(lease, file, Path.Combine(folder.FullName, file.Path), Cancel);

        (await File.ReadAllTextAsync(Path.Combine(folder.FullName, "pasted.txt"), Cancel)).ShouldBe("pasted");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task EventStream_GoesOnAfterTheLastEventAndEnds()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await worker.AppendAsync(lease, [RunHubFixture.Step(1, 1), RunHubFixture.Step(2, 2)], Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/events");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Last-Event-ID", "2");
        using var response = await runs.Hub.As(runs.Ada).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var reading = response.Content.ReadAsStringAsync(Cancel);

        await worker.AppendAsync(lease, [RunHubFixture.Step(3, 3)], Cancel);
        await worker.FinishAsync(lease, new LeaseEnd(LeaseOutcome.Succeeded, [], []), Cancel);

        var stream = await reading;
        stream.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).ShouldBe(["id: 3", "id: 4", "id: 5", "id: 6"]);
        stream.ShouldContain("event: step\ndata: {\"number\":5,");
        stream.ShouldEndWith("event: end\ndata: {}\n\n");
        using var page = JsonDocument.Parse(await runs.Hub.As(runs.Ada).GetStringAsync($"/api/runs/{id}/events?after=3&limit=2", Cancel));
        page.RootElement.EnumerateArray().Select(one => one.GetProperty("number").GetInt64()).ShouldBe([4, 5]);
        foreach (var line in await runs.Hub.As(runs.Ada).GetFromJsonAsync<JsonElement[]>($"/api/runs/{id}/events", Cancel) ?? [])
            JsonSerializer.Deserialize(line, AdapterHub.Protocol.ProtocolJson.Default.RunEvent).ShouldNotBeNull();
    }

    [Fact]
    public async Task Metrics_AreReadByName()
    {
        await using var runs = await RunHubFixture.StartAsync();
        var id = await runs.StartRunAsync();
        var worker = await runs.AddWorkerAsync("w");
        var lease = (await worker.LeaseAsync(TimeSpan.Zero, Cancel))!;
        await worker.AppendAsync(lease, [.. Enumerable.Range(1, 50).Select(n => RunHubFixture.Step(n, n))], Cancel);

        var metrics = (await runs.Hub.As(runs.Ada).GetFromJsonAsync($"/api/runs/{id}/metrics?names=loss,gradientNorm&points=20", RunJson.Default.IReadOnlyListHubMetric, Cancel))!;

        metrics.Select(metric => metric.Name).ShouldBe(["loss", "gradientNorm"]);
        metrics[0].Count.ShouldBe(50);
        metrics[0].Steps[0].ShouldBe(1);
        metrics[0].Values[0].ShouldBe(5.0);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), Cancel);

    private static async Task<T> Read<T>(HttpResponseMessage response) =>
        (T)(await response.Content.ReadFromJsonAsync(typeof(T), RunJson.Default, Cancel)).ShouldNotBeNull();
}
