using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AdapterHub.Protocol.Hub.Client;

/// <summary>
/// The hub's interface below <c>/api/hub</c>, typed. Requests that may be repeated are, with growing waits; files go on where a connection broke.
/// Every failure is a <see cref="HubClientException"/>.
/// </summary>
public sealed partial class HubClient : IDisposable
{
    private const string Root = "api/hub";

    /// <summary>For questions and small changes. A person waits: one that cannot be answered is given up soon.</summary>
    private const int Attempts = 3;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(100);
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="hub">The hub's address, such as <c>http://localhost:5080</c>; a path in it is kept.</param>
    /// <param name="token">An API token; null asks as nobody.</param>
    /// <param name="handler">What sends the requests, disposed of with the client; null takes one of its own.</param>
    /// <param name="time">For waits.</param>
    public HubClient(Uri hub, string? token, HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        _time = time ?? TimeProvider.System;
        _http = new HttpClient(handler ?? CreateHandler(), disposeHandler: true)
        {
            BaseAddress = hub.AbsoluteUri.EndsWith('/') ? hub : new Uri(hub.AbsoluteUri + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("adapterhub", typeof(HubClient).Assembly.GetName().Version?.ToString(3)));
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>With a closing slash.</summary>
    public Uri Hub => _http.BaseAddress!;

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler() => new()
    {
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A refusal is told before the bytes are sent.
        Expect100ContinueTimeout = TimeSpan.FromSeconds(2),
    };

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await AskAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{Root}/{path}"), AnswerTime, cancel).ConfigureAwait(false);
        return await ReadAsync(response, type, cancel).ConfigureAwait(false);
    }

    private async Task<TAnswer> SendAsync<TBody, TAnswer>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancel)
    {
        using var response = await AskAsync(() => Request(method, path, body, bodyType), AnswerTime, cancel).ConfigureAwait(false);
        return await ReadAsync(response, type, cancel).ConfigureAwait(false);
    }

    private async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, JsonTypeInfo<TAnswer> type, CancellationToken cancel)
    {
        using var response = await AskAsync(() => new HttpRequestMessage(method, $"{Root}/{path}"), AnswerTime, cancel).ConfigureAwait(false);
        return await ReadAsync(response, type, cancel).ConfigureAwait(false);
    }

    private async Task SendAsync<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancel)
    {
        using var response = await AskAsync(() => Request(method, path, body, bodyType), AnswerTime, cancel).ConfigureAwait(false);
    }

    private async Task DeleteAsync(string path, CancellationToken cancel)
    {
        using var response = await AskAsync(() => new HttpRequestMessage(HttpMethod.Delete, $"{Root}/{path}"), AnswerTime, cancel).ConfigureAwait(false);
    }

    private static HttpRequestMessage Request<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> type) =>
        new(method, $"{Root}/{path}") { Content = JsonContent.Create(body, type) };

    /// <summary>Asks until an answer comes that another try would not change. The answer is a success; everything else is an exception.</summary>
    private async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> make, TimeSpan? answerTime, CancellationToken cancel)
    {
        var backoff = new HubBackoff(_time, Attempts);
        while (true)
        {
            using var request = make();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (answerTime is { } most)
                limit.CancelAfter(most);
            try
            {
                var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    return response;
                var problem = await ReadProblemAsync(response, cancel).ConfigureAwait(false);
                var asked = RetryAfter(response);
                response.Dispose();
                if (!HubBackoff.IsTransient(response.StatusCode) || !MayRepeat(request, wasSent: response.StatusCode == System.Net.HttpStatusCode.GatewayTimeout)
                    || !await backoff.WaitAsync(asked, cancel).ConfigureAwait(false))
                    throw new HubClientException(problem);
            }
            catch (HttpRequestException failure)
            {
                if (!MayRepeat(request, wasSent: failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError))
                    || !await backoff.WaitAsync(null, cancel).ConfigureAwait(false))
                    throw Unreachable(failure);
            }
            catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
            {
                if (!MayRepeat(request, wasSent: true) || !await backoff.WaitAsync(null, cancel).ConfigureAwait(false))
                    throw new HubClientException($"The hub at {Hub} did not answer in {AnswerTime.TotalSeconds:0} seconds.", late);
            }
        }
    }

    /// <summary>What was carried out perhaps is repeated only where twice is as good as once.</summary>
    private static bool MayRepeat(HttpRequestMessage request, bool wasSent) =>
        !wasSent || request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Put || request.Method == HttpMethod.Delete;

    private HubClientException Unreachable(HttpRequestException failure) =>
        new($"The hub at {Hub} cannot be reached: {failure.Message} Is the address right, and does the hub run?", failure);

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancel).ConfigureAwait(false)
                ?? throw new HubClientException($"{response.RequestMessage?.RequestUri}: the hub answered with nothing.");
        }
        catch (Exception odd) when (odd is JsonException or NotSupportedException)
        {
            throw new HubClientException($"{Hub} answered with something else than a hub does. Is that the address of an AdapterHub?", odd);
        }
        catch (HttpRequestException broken)
        {
            throw Unreachable(broken);
        }
        catch (IOException cut)
        {
            throw new HubClientException($"The connection to {Hub} broke off before its answer was whole. Look what is there before you do it again.", cut);
        }
    }

    /// <summary>The hub's problem details; from anything that stands before the hub, such as a proxy, its status alone.</summary>
    private static async Task<HubProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType == HubProblem.MediaType)
        {
            try
            {
                if (await response.Content.ReadFromJsonAsync(HubJson.Default.HubProblem, cancel).ConfigureAwait(false) is { } problem)
                    return problem;
            }
            catch (Exception odd) when (odd is JsonException or HttpRequestException or IOException)
            {
                // The status says enough.
            }
        }

        var status = (int)response.StatusCode;
        return new HubProblem
        {
            Type = "about:blank", Title = response.ReasonPhrase ?? "", Status = status,
            Detail = $"{response.RequestMessage?.RequestUri} answered {status} {response.ReasonPhrase}, and not as a hub does. Is that the address of an AdapterHub?",
        };
    }

    /// <summary>A part of an address; a slash in it is kept as part of it.</summary>
    private static string Escape(string part) => Uri.EscapeDataString(part);

    /// <summary>A path whose slashes divide.</summary>
    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string Repository(string name) => $"repositories/{EscapePath(name)}";
}
