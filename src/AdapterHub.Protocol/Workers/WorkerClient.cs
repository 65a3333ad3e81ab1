using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Protocol.Workers;

/// <summary>The lease was lost: the run is another worker's, or over. What is at work for it must stop.</summary>
public sealed class LeaseLostException(string message) : Exception(message);

/// <summary>
/// The hub's interface below <c>/api/workers</c>. Everything here may be said twice, so everything is repeated until the hub answers: a hub that is
/// away comes back, and a lease that was lost meanwhile says so.
/// </summary>
public sealed class WorkerClient : IDisposable
{
    private const string Root = "api/workers";
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>A fault of the hub's program does not go away; a disk that is full and a hub that is away do.</summary>
    private const int MostFaults = 20;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="hub">The hub's address.</param>
    /// <param name="token">A worker token.</param>
    /// <param name="handler">What sends the requests; null takes one of its own.</param>
    /// <param name="time">For waits.</param>
    public WorkerClient(Uri hub, string token, HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        _time = time ?? TimeProvider.System;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15), PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: true)
        {
            BaseAddress = hub.AbsoluteUri.EndsWith('/') ? hub : new Uri(hub.AbsoluteUri + "/"), Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Told when a request failed and is made again.</summary>
    public Action<string> Trouble { get; init; } = _ => { };

    public void Dispose() => _http.Dispose();

    public Task<WorkerWelcome> RegisterAsync(WorkerHello hello, CancellationToken cancel) =>
        SendAsync(() => Json(HttpMethod.Post, "register", hello, RunJson.Default.WorkerHello), RunJson.Default.WorkerWelcome, Answer, cancel);

    /// <summary>Waits for a run; null when none came in that time.</summary>
    public Task<LeasedRun?> LeaseAsync(TimeSpan wait, CancellationToken cancel) => LeaseAsync(wait, onlyBlends: false, cancel);

    /// <param name="wait">How long at most.</param>
    /// <param name="onlyBlends">A blend and nothing longer: for a worker that is at another run.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<LeasedRun?> LeaseAsync(TimeSpan wait, bool onlyBlends, CancellationToken cancel)
    {
        var path = FormattableString.Invariant($"{Root}/lease?wait={wait.TotalSeconds}{(onlyBlends ? "&blends=true" : "")}");
        using var response = await AskAsync(() => new HttpRequestMessage(HttpMethod.Post, path), wait + Answer, cancel).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NoContent ? null
            : await response.Content.ReadFromJsonAsync(RunJson.Default.LeasedRun, cancel).ConfigureAwait(false);
    }

    public Task<LeasedRun> LeaseRunAsync(long run, CancellationToken cancel) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{Root}/runs/{run}/lease"), RunJson.Default.LeasedRun, Answer, cancel);

    /// <summary>A sign of life; answers when the run is to do something else than the worker knows, or after the wait.</summary>
    public Task<LeaseAnswer> RenewAsync(LeasedRun run, HubRunState known, TimeSpan wait, CancellationToken cancel)
    {
        var word = JsonSerializer.Serialize(known, RunJson.Default.HubRunState).Trim('"');
        return SendAsync(() => Of(run, HttpMethod.Post, FormattableString.Invariant($"renew?known={word}&wait={wait.TotalSeconds}")), RunJson.Default.LeaseAnswer, wait + Answer, cancel);
    }

    /// <param name="lines">Events as JSON, one a line, with the worker's numbers.</param>
    public Task<LeaseAnswer> AppendAsync(LeasedRun run, IReadOnlyList<string> lines, CancellationToken cancel) => SendAsync(() =>
    {
        var request = Of(run, HttpMethod.Post, "events");
        request.Content = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        return request;
    }, RunJson.Default.LeaseAnswer, Answer, cancel);

    /// <summary>Sends a file under its digest.</summary>
    public async Task SendFileAsync(LeasedRun run, LeasedFile file, string path, bool isResult, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var response = await AskAsync(() =>
        {
            var request = Of(run, HttpMethod.Put, $"blobs/{file.Digest}?use={(isResult ? "result" : "checkpoint")}");
            request.Content = new StreamContent(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 17, useAsync: true));
            return request;
        }, Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
    }

    /// <summary>Fetches a file of the run; it is at the target when its bytes are right, and not before.</summary>
    public async Task FetchAsync(LeasedRun run, LeasedFile file, string target, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            while (true)
            {
                using var response = await AskAsync(() => Of(run, HttpMethod.Get, $"blobs/{file.Digest}"), Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
                if (await TryReceiveAsync(response, partial, file.Digest, cancel).ConfigureAwait(false))
                    break;
                Trouble($"the bytes of {file.Path} did not come whole; fetching them again");
                await Task.Delay(TimeSpan.FromSeconds(1), _time, cancel).ConfigureAwait(false);
            }

            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public async Task SaveCheckpointAsync(LeasedRun run, NewCheckpoint checkpoint, CancellationToken cancel)
    {
        using var response = await AskAsync(() => With(Of(run, HttpMethod.Post, "checkpoints"), checkpoint, RunJson.Default.NewCheckpoint), Answer, cancel).ConfigureAwait(false);
    }

    public Task<HubRun> FinishAsync(LeasedRun run, LeaseEnd end, CancellationToken cancel) =>
        SendAsync(() => With(Of(run, HttpMethod.Post, "finish"), end, RunJson.Default.LeaseEnd), RunJson.Default.HubRun, TimeSpan.FromMinutes(10), cancel);

    private static async Task<bool> TryReceiveAsync(HttpResponseMessage response, string partial, string digest, CancellationToken cancel)
    {
        try
        {
            await using var target = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            await response.Content.CopyToAsync(target, cancel).ConfigureAwait(false);
            target.Position = 0;
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(target, cancel).ConfigureAwait(false)) == digest;
        }
        catch (Exception broken) when (broken is HttpRequestException or HttpIOException)
        {
            return false;
        }
    }

    private static HttpRequestMessage Of(LeasedRun run, HttpMethod method, string path)
    {
        ArgumentNullException.ThrowIfNull(run);
        var request = new HttpRequestMessage(method, $"{Root}/runs/{run.Run}/{path}");
        request.Headers.Add(WorkerHeaders.Lease, run.Lease);
        return request;
    }

    private static HttpRequestMessage Json<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type) => With(new HttpRequestMessage(method, $"{Root}/{path}"), body, type);

    private static HttpRequestMessage With<T>(HttpRequestMessage request, T body, JsonTypeInfo<T> type)
    {
        request.Content = JsonContent.Create(body, type);
        return request;
    }

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancel)
    {
        while (true)
        {
            using var response = await AskAsync(make, limit, cancel).ConfigureAwait(false);
            try
            {
                return await response.Content.ReadFromJsonAsync(type, cancel).ConfigureAwait(false) ?? throw new HubClientException("The hub answered with nothing.");
            }
            catch (Exception broken) when (broken is HttpRequestException or HttpIOException)
            {
                Trouble($"the hub's answer did not come whole: {broken.Message}");
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> make, TimeSpan limit, CancellationToken cancel)
    {
        for (var failures = 0; ; failures++)
        {
            string trouble;
            using var request = make();
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            late.CancelAfter(limit);
            try
            {
                var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    return response;
                using (response)
                    trouble = await JudgeAsync(response, failures, cancel).ConfigureAwait(false);
            }
            catch (HttpRequestException failure)
            {
                trouble = $"the hub at {_http.BaseAddress} cannot be reached: {failure.Message}";
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                trouble = $"the hub at {_http.BaseAddress} did not answer in time";
            }

            Trouble(trouble);
            var wait = TimeSpan.FromMilliseconds(Math.Min(LongestWait.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(failures, 10))));
            await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What is worth another try comes back in words; what is not is thrown.</summary>
    private static async Task<string> JudgeAsync(HttpResponseMessage response, int failures, CancellationToken cancel)
    {
        HubProblem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == HubProblem.MediaType)
            problem = await response.Content.ReadFromJsonAsync(HubJson.Default.HubProblem, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Gone)
            throw new LeaseLostException(problem?.Detail ?? "The lease was lost.");
        var isLasting = (int)response.StatusCode < 500 ? response.StatusCode != HttpStatusCode.TooManyRequests
            : response.StatusCode == HttpStatusCode.InternalServerError && failures >= MostFaults;
        if (problem is not null && isLasting)
            throw new HubClientException(problem);
        return problem?.Detail ?? $"the hub answered {(int)response.StatusCode}";
    }
}
