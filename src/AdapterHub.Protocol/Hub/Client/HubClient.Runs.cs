using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Protocol.Hub.Client;

public sealed partial class HubClient
{
    /// <summary>Runs lie beside the root of everything else.</summary>
    private const string Runs = "../runs";

    public Task<HubRun> StartRunAsync(HubNewRun run, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, Runs, run, RunJson.Default.HubNewRun, RunJson.Default.HubRun, cancel);

    /// <summary>Starts runs that differ in some settings, all or none.</summary>
    public Task<HubSweep> StartSweepAsync(HubNewSweep sweep, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Runs}/sweeps", sweep, RunJson.Default.HubNewSweep, RunJson.Default.HubSweep, cancel);

    public Task<HubSweep> GetSweepAsync(long sweep, CancellationToken cancel) => GetAsync($"{Runs}/sweeps/{sweep}", RunJson.Default.HubSweep, cancel);

    /// <summary>Newest first.</summary>
    public Task<HubSweepPage> ListSweepsAsync(int take, CancellationToken cancel) => GetAsync($"{Runs}/sweeps?take={take}", RunJson.Default.HubSweepPage, cancel);

    public Task<HubSweep> CancelSweepAsync(long sweep, CancellationToken cancel) => SendAsync(HttpMethod.Post, $"{Runs}/sweeps/{sweep}/cancel", RunJson.Default.HubSweep, cancel);

    /// <summary>What a run would take; starts nothing.</summary>
    /// <param name="count">Has the base's own tokenizer read the text, which takes some seconds.</param>
    public Task<HubForecast> ForecastRunAsync(HubNewRun run, bool count, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Runs}/forecast?count={(count ? "true" : "false")}", run, RunJson.Default.HubNewRun, RunJson.Default.HubForecast, cancel);

    /// <param name="query">Such as <c>mine=true&amp;states=running</c>.</param>
    public Task<HubRunPage> ListRunsAsync(string query, CancellationToken cancel) => GetAsync($"{Runs}?{query}", RunJson.Default.HubRunPage, cancel);

    public Task<HubRunDetail> GetRunAsync(long run, CancellationToken cancel) => GetAsync($"{Runs}/{run}", RunJson.Default.HubRunDetail, cancel);

    /// <param name="wish">cancel, pause, resume or retry.</param>
    public Task<HubRun> SteerRunAsync(long run, string wish, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Runs}/{run}/{wish}", RunJson.Default.HubRun, cancel);

    /// <summary>Sends a text for a run to come; the answer says how a spec names it.</summary>
    public async Task<HubSentFile> SendRunTextAsync(string path, CancellationToken cancel)
    {
        using var response = await AskAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{Root}/{Runs}/files?name={Escape(Path.GetFileName(path))}")
        {
            Content = new StreamContent(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, useAsync: true)),
        }, Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
        return await ReadAsync(response, RunJson.Default.HubSentFile, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Every event of a run above a number, once and in order, until the run ends. A connection that breaks is made again where it broke.
    /// </summary>
    /// <exception cref="HubClientException">The hub refuses; a hub that is away is waited for.</exception>
    public async IAsyncEnumerable<RunEvent> WatchRunAsync(long run, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = after;
        var backoff = new HubBackoff(_time, int.MaxValue);
        while (true)
        {
            var isOver = false;
            await using (var lines = OpenAsync(run, last, cancel).GetAsyncEnumerator(cancel))
            {
                while (!isOver)
                {
                    try
                    {
                        if (!await lines.MoveNextAsync().ConfigureAwait(false))
                            break;
                    }
                    catch (Exception broken) when (broken is IOException or HttpRequestException or HubClientException { Problem: null or { Status: >= 500 } })
                    {
                        break;
                    }

                    isOver = lines.Current == "event: end";
                    if (!lines.Current.StartsWith("data: {\"number\"", StringComparison.Ordinal))
                        continue;
                    var happened = JsonSerializer.Deserialize(lines.Current.AsSpan("data: ".Length), ProtocolJson.Default.RunEvent)!;
                    last = happened.Number;
                    backoff.Reset();
                    yield return happened;
                }
            }

            if (isOver)
                yield break;
            await backoff.WaitAsync(null, cancel).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<string> OpenAsync(long run, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await AskAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Root}/{Runs}/{run}/events?after={after}");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            return request;
        }, AnswerTime, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
            yield return line;
    }
}
