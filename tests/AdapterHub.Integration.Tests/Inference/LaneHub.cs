using System.Net.Http.Json;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Integration.Tests.Inference;

/// <summary>A hub with the seeds, two people in it, and a real engine process behind it.</summary>
public sealed class LaneHub : IAsyncLifetime
{
    public const string Base = "adapterhub/inkwell";
    public const string Prophet = "adapterhub/king-james";
    public const string Cynic = "adapterhub/devils-dictionary";

    internal RunningHub Hub { get; private set; } = null!;

    internal Actor Ann { get; private set; } = null!;

    internal Actor Ben { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hub = await RunningHub.StartSeededAsync(Path.Combine(Repository.Root, "data/seed"));
        (Ann, Ben) = (await Hub.AddUserAsync("ann"), await Hub.AddUserAsync("ben"));
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    internal static LaneSetup Lane(string label, params LaneAdapter[] adapters) => new(label) { Adapters = adapters };

    internal static LaneRequest Ask(int tokens, params LaneSetup[] lanes) => new()
    {
        Base = Base,
        Prompt = "In the beginning",
        Lanes = lanes,
        Sampling = new LaneSampling { MaxTokens = tokens, IgnoreEnd = true, Seed = 7 },
    };

    internal async Task<HttpResponseMessage> PostAsync(Actor? actor, LaneRequest request, CancellationToken cancel = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/hub/lanes/generate") { Content = JsonContent.Create(request, InferenceJson.Default.LaneRequest) };
        return await Hub.As(actor).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel == default ? RunningHub.Cancel : cancel);
    }

    /// <summary>The events of an answer as they come.</summary>
    internal static async IAsyncEnumerable<LaneEvent> ReadAsync(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode}");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(RunningHub.Cancel));
        while (await reader.ReadLineAsync(RunningHub.Cancel) is { } line)
            yield return JsonSerializer.Deserialize(line, InferenceJson.Default.LaneEvent).ShouldNotBeNull();
    }

    internal async Task<List<LaneEvent>> RunAsync(Actor actor, LaneRequest request)
    {
        using var response = await PostAsync(actor, request);
        return await ReadAsync(response).ToListAsync(RunningHub.Cancel);
    }

    /// <summary>A lane's whole text.</summary>
    internal static string TextOf(IEnumerable<LaneEvent> events, string lane) => string.Concat(events.Select(happened => happened switch
    {
        LaneToken token when token.Lane == lane => token.Text,
        LaneEnded ended when ended.Lane == lane => ended.Text,
        _ => "",
    }));

    internal async Task<EngineStatus> StatusAsync() =>
        await Hub.Get<AdapterHub.Web.Inference.LaneService>().FindStatusAsync(RunningHub.Cancel) ?? new EngineStatus(0, "", 0, []);

    /// <summary>The engine's process, which must be there: a signal to number 0 would reach everything in the group of this process.</summary>
    internal async Task<int> FindProcessAsync()
    {
        var process = (await StatusAsync()).ProcessId;
        process.ShouldBeGreaterThan(0, "no engine runs");
        return process;
    }

    /// <summary>Waits until no lane is at work.</summary>
    internal async Task<TimeSpan> WaitForRestAsync()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while ((await StatusAsync()).Models.Any(model => model.Rows + model.Waiting > 0))
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "lanes that nobody listens to are still at work");
            await Task.Delay(20, RunningHub.Cancel);
        }

        return clock.Elapsed;
    }
}
