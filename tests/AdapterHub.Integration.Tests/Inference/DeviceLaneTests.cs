using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AdapterHub.Engine.Models;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Integration.Tests.Runs;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Integration.Tests.Inference;

/// <summary>
/// What somebody waits for who moves a slider: from the request with the new weights, sent while the answer to the last one is still running, to the
/// first new token, through the hub's API and its engine process. Told, not judged.
/// </summary>
public sealed class DeviceLaneTests(TinyBase tiny) : IDisposable
{
    private const int Movements = 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("device-lanes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task MovedSliders_OnTheProcessor() => MoveAsync("a tiny shape on the processor", DeviceShapes.Tiny);

    [Fact]
    [Trait("Category", "Slow")]
    public Task MovedSliders_OnAGpu()
    {
        DeviceShapes.SkipWithoutGpu();
        return MoveAsync("the 1B shape on a GPU", DeviceShapes.Large);
    }

    /// <summary>A base with three adapters of rank 16 on all linear layers, pushed by the program as people do.</summary>
    private async Task MoveAsync(string what, ModelConfig shape)
    {
        string[] names = ["one", "two", "three"];
        DeviceShapes.Write(tiny, shape, Path.Combine(_folder, "base"), [.. names.Select(name => Path.Combine(_folder, name))]);
        await using var scene = await RunScene.CreateAsync(tiny);
        await scene.StartHubAsync();
        using var program = new CliProgram(tiny.Home);
        program.Environment["ADAPTERHUB_TOKEN"] = scene.Token;
        await program.SucceedAsync("push", Path.Combine(_folder, "base"), "ada/base", "--hub", scene.Address.ToString());
        foreach (var name in names)
            await program.SucceedAsync("push", Path.Combine(_folder, name), $"ada/{name}", "--hub", scene.Address.ToString());

        // What is left of an answer is not wanted: the connection ends at once, as a page's does.
        using var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = scene.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", scene.Token);
        var waits = new List<double>();
        HttpResponseMessage? running = null;
        for (var movement = 0; movement < Movements; movement++)
        {
            var watch = Stopwatch.StartNew();
            running?.Dispose();
            running = await SendAsync(client, movement);
            await ReadFirstTokenAsync(running);
            waits.Add(watch.Elapsed.TotalMilliseconds);
            await Task.Delay(150, RunScene.Cancel);
        }

        running?.Dispose();
        var settled = waits.Skip(2).Order().ToList();
        DeviceReport.Add(string.Create(CultureInfo.InvariantCulture,
            $"slider moved to first new token, {what}, 5 lanes, through the hub: median {settled[settled.Count / 2]:F1} ms, worst of {settled.Count} {settled[^1]:F1} ms; the first two requests {waits[0]:F0} and {waits[1]:F0} ms"));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, int movement)
    {
        var weights = Enumerable.Range(0, 3).Select(adapter => Math.Round(Math.Sin(movement + adapter), 2)).ToList();
        var request = new LaneRequest
        {
            Base = "ada/base", Prompt = "Chapter 1. In the beginning there was a house by the road, and in it",
            Lanes =
            [
                LaneHub.Lane("base"), LaneHub.Lane("one", new LaneAdapter("ada/one")), LaneHub.Lane("two", new LaneAdapter("ada/two")), LaneHub.Lane("three", new LaneAdapter("ada/three")),
                LaneHub.Lane("blend", new LaneAdapter("ada/one", weights[0]), new LaneAdapter("ada/two", weights[1]), new LaneAdapter("ada/three", weights[2])),
            ],
            Sampling = new LaneSampling { MaxTokens = 200, IgnoreEnd = true, Seed = 7 },
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/hub/lanes/generate") { Content = JsonContent.Create(request, InferenceJson.Default.LaneRequest) };
        return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, RunScene.Cancel);
    }

    private static async Task ReadFirstTokenAsync(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue(response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync(RunScene.Cancel));
        // Left open: closing it would end the answer that goes on behind the first token.
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(RunScene.Cancel), leaveOpen: true);
        while (await reader.ReadLineAsync(RunScene.Cancel) is { } line)
        {
            var happened = JsonSerializer.Deserialize(line, InferenceJson.Default.LaneEvent);
            if (happened is LaneToken { Lane: "blend" })
                return;
        }

        throw new InvalidOperationException("no lane gave a token");
    }
}
