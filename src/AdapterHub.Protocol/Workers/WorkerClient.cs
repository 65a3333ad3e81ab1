using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
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

    /// <summary>Whole answers with wrong bytes: after so many it is the file and not the way.</summary>
    private const int MostDamaged = 3;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private string _nextRun = NewName();
    private string _nextBlend = NewName();

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

    /// <summary>How long nothing of a file may move before the connection counts as dead: one that was cut without a word never ends by itself.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromMinutes(2);

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
        // One name until a run has come: a lease whose answer was lost on the way is given again.
        var path = FormattableString.Invariant($"{Root}/lease?wait={wait.TotalSeconds}&request={(onlyBlends ? $"{_nextBlend}&blends=true" : _nextRun)}");
        var lease = await AskAsync(() => new HttpRequestMessage(HttpMethod.Post, path), wait + Answer, ReadLeaseAsync, cancel).ConfigureAwait(false);
        if (lease is not null && onlyBlends)
            _nextBlend = NewName();
        else if (lease is not null)
            _nextRun = NewName();
        return lease;
    }

    public Task<LeasedRun> LeaseRunAsync(long run, CancellationToken cancel)
    {
        var name = NewName();
        return SendAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{Root}/runs/{run}/lease?request={name}"), RunJson.Default.LeasedRun, Answer, cancel);
    }

    /// <summary>Another waiting run of the same person that can be trained together with this one; null where there is none, or somebody else waits.</summary>
    public Task<LeasedRun?> LeaseCompanionAsync(LeasedRun run, CancellationToken cancel)
    {
        var name = NewName();
        return AskAsync(() => Of(run, HttpMethod.Post, $"companion?request={name}"), Answer, ReadLeaseAsync, cancel);
    }

    /// <summary>A sign of life; answers when the run is to do something else than the worker knows, or after the wait.</summary>
    public Task<LeaseAnswer> RenewAsync(LeasedRun run, HubRunState known, TimeSpan wait, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        var word = JsonSerializer.Serialize(known, RunJson.Default.HubRunState).Trim('"');
        // Over a dead connection the next try must come before the lease is over.
        var limit = wait + TimeSpan.FromSeconds(Math.Min(Answer.TotalSeconds, run.LeaseSeconds / 3));
        return SendAsync(() => Of(run, HttpMethod.Post, FormattableString.Invariant($"renew?known={word}&wait={wait.TotalSeconds}")), RunJson.Default.LeaseAnswer, limit, cancel);
    }

    /// <param name="lines">Events as JSON, one a line, with the worker's numbers.</param>
    public Task<LeaseAnswer> AppendAsync(LeasedRun run, IReadOnlyList<string> lines, CancellationToken cancel) => SendAsync(() =>
    {
        var request = Of(run, HttpMethod.Post, "events");
        request.Content = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        return request;
    }, RunJson.Default.LeaseAnswer, Answer, cancel);

    /// <summary>Sends a file under its digest.</summary>
    public Task SendFileAsync(LeasedRun run, LeasedFile file, string path, bool isResult, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        return AskAsync(
            moved =>
            {
                var request = Of(run, HttpMethod.Put, $"blobs/{file.Digest}?use={(isResult ? "result" : "checkpoint")}");
                request.Content = new MovingFileContent(path, moved);
                // A refusal comes before the bytes, not amid them, where a connection that is closed would hide it.
                request.Headers.ExpectContinue = true;
                return request;
            }, LongestSilence, (_, _, _) => Task.FromResult(true), cancel);
    }

    /// <summary>Fetches a file of the run; it is at the target when its bytes are right, and not before.</summary>
    /// <exception cref="IOException">This machine does not take it, such as when its disk is full.</exception>
    public async Task FetchAsync(LeasedRun run, LeasedFile file, string target, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            for (var damaged = 1; ; damaged++)
            {
                var received = await AskAsync(_ => Of(run, HttpMethod.Get, $"blobs/{file.Digest}"), LongestSilence,
                    (response, moved, token) => ReceivedFile.TakeAsync(response, partial, moved, token), cancel).ConfigureAwait(false);
                if (received.Digest == file.Digest)
                    break;
                if (received.Fault is { } fault)
                    throw new IOException(fault.Message, fault.HResult);
                if (damaged == MostDamaged)
                    throw new HubClientException($"The bytes of {file.Path} came {damaged} times and were not those of {file.Digest}: the hub's copy is damaged. Publish the file again.");
                Trouble($"the bytes of {file.Path} did not come whole; fetching them again");
            }

            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public Task SaveCheckpointAsync(LeasedRun run, NewCheckpoint checkpoint, CancellationToken cancel) =>
        AskAsync(() => With(Of(run, HttpMethod.Post, "checkpoints"), checkpoint, RunJson.Default.NewCheckpoint), Answer, (_, _) => Task.FromResult(true), cancel);

    public Task<HubRun> FinishAsync(LeasedRun run, LeaseEnd end, CancellationToken cancel) =>
        SendAsync(() => With(Of(run, HttpMethod.Post, "finish"), end, RunJson.Default.LeaseEnd), RunJson.Default.HubRun, TimeSpan.FromMinutes(10), cancel);

    private static Task<LeasedRun?> ReadLeaseAsync(HttpResponseMessage response, CancellationToken cancel) =>
        response.StatusCode == HttpStatusCode.NoContent ? Task.FromResult<LeasedRun?>(null) : response.Content.ReadFromJsonAsync(RunJson.Default.LeasedRun, cancel);

    private static string NewName() => Guid.NewGuid().ToString("N");

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

    private Task<T> SendAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancel) =>
        AskAsync(make, limit, async (response, token) => await response.Content.ReadFromJsonAsync(type, token).ConfigureAwait(false) ?? throw new HubClientException("The hub answered with nothing."), cancel);

    private Task<T> AskAsync<T>(Func<HttpRequestMessage> make, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancel) =>
        AskAsync(_ => make(), limit, (response, _, token) => read(response, token), cancel);

    /// <summary>Asks until there is an answer that was read to its end.</summary>
    /// <param name="make">Makes the request anew for each try; gets what to call whenever something has moved.</param>
    /// <param name="limit">From the request, or from the last time that something moved.</param>
    /// <param name="read">Takes the answer; where its connection breaks the request is made again.</param>
    /// <param name="cancel">Ends the wait.</param>
    private async Task<T> AskAsync<T>(Func<Action, HttpRequestMessage> make, TimeSpan limit, Func<HttpResponseMessage, Action, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        for (var failures = 0; ; failures++)
        {
            string trouble;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var moved = () => late.CancelAfter(limit);
            using var request = make(moved);
            moved();
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    return await read(response, moved, late.Token).ConfigureAwait(false);
                trouble = await JudgeAsync(response, failures, late.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
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
