using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Inference;
using Microsoft.Extensions.Options;

namespace AdapterHub.Web.Inference;

/// <summary>
/// Answers and scores of a base model with adapters, lane beside lane, for pages and for the API. Ending the enumeration ends the lanes within one token.
/// When the engine dies meanwhile, every lane that had not ended says so, and the next request starts another.
/// </summary>
public sealed class LaneService
{
    private readonly LaneSources _sources;
    private readonly EngineSupervisor _engines;
    private readonly IOptions<LaneOptions> _options;
    private readonly ConcurrentDictionary<long, int> _running = new();

    internal LaneService(LaneSources sources, EngineSupervisor engines, IOptions<LaneOptions> options) => (_sources, _engines, _options) = (sources, engines, options);

    /// <summary>Continues a prompt or a conversation in every lane at once.</summary>
    /// <exception cref="CatalogException">
    /// Before the first event: nobody is signed in, a repository is not there for the actor, a setting is wrong, or too much runs or waits already (Busy).
    /// </exception>
    public IAsyncEnumerable<LaneEvent> GenerateAsync(Actor actor, LaneRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(actor, request, engine => engine with { Prompt = request.Prompt, Messages = request.Messages, Sampling = request.Sampling ?? new() }, cancel);
    }

    /// <summary>Says how probable each token of a text is in every lane.</summary>
    /// <inheritdoc cref="GenerateAsync" path="/exception"/>
    public IAsyncEnumerable<LaneEvent> ScoreAsync(Actor actor, LaneScoring request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Text is null == request.Continuation is null)
            throw new CatalogException(CatalogFault.Invalid, "Give either a text or a continuation to be scored.");
        return RunAsync(actor, request, engine => engine with { Text = request.Text, Continuation = request.Continuation, Prompt = request.Prompt, Messages = request.Messages }, cancel);
    }

    /// <summary>What the engine has in memory; null while none runs.</summary>
    public async Task<EngineStatus?> FindStatusAsync(CancellationToken cancel)
    {
        if (_engines.Current is not { } engine)
            return null;
        try
        {
            return await engine.Client.GetFromJsonAsync("status", InferenceJson.Default.EngineStatus, cancel);
        }
        catch (HttpRequestException)
        {
            return null; // it died since
        }
    }

    private async IAsyncEnumerable<LaneEvent> RunAsync(Actor actor, LaneWork work, Func<EngineRequest, EngineRequest> complete, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (actor.UserId is not { } user)
            throw new CatalogException(CatalogFault.SignInRequired, "Sign in to have a model answer.");
        using var turn = Enter(user);
        var request = complete(await _sources.ResolveAsync(actor, work, cancel));
        using var response = await SendAsync(request, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        var lanes = new LaneProgress(work.Lanes.Select(lane => lane.Label));
        while (await ReadAsync(reader, cancel) is { } happened)
        {
            lanes.Note(happened);
            yield return happened;
        }

        if (lanes.IsComplete)
            yield break;
        foreach (var failed in lanes.Fail("The engine stopped while this lane was being written. Ask again; it starts by itself."))
            yield return failed;
    }

    /// <summary>The engine's answer once it has taken the request. One that dies as it is asked is replaced once.</summary>
    private async Task<HttpResponseMessage> SendAsync(EngineRequest request, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            var engine = await _engines.GetAsync(cancel);
            try
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, "lanes") { Content = JsonContent.Create(request, InferenceJson.Default.EngineRequest) };
                var response = await engine.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
                return response.IsSuccessStatusCode ? response : throw await RefusedAsync(response, cancel);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or ObjectDisposedException)
            {
                if (attempt > 0)
                    throw new CatalogException(CatalogFault.Busy, "The engine stopped as it was asked. Try again in a few seconds.");
                await WaitForEndAsync(engine, cancel);
            }
        }
    }

    // A broken connection comes a moment before the process is gone.
    private static async Task WaitForEndAsync(RunningEngine engine, CancellationToken cancel)
    {
        try
        {
            await engine.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(2), cancel);
        }
        catch (Exception gone) when (gone is TimeoutException or InvalidOperationException)
        {
            return;
        }
    }

    private static async Task<CatalogException> RefusedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using (response)
        {
            var problem = await response.Content.ReadFromJsonAsync(InferenceJson.Default.EngineProblem, cancel);
            var fault = problem?.Fault == LanesFault.Input ? CatalogFault.Invalid : CatalogFault.Busy;
            return new CatalogException(fault, problem?.Message ?? $"The engine answered {(int)response.StatusCode}.");
        }
    }

    /// <summary>Null at the end of the stream, and where it broke off.</summary>
    private static async Task<LaneEvent?> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel) is { Length: > 0 } line ? JsonSerializer.Deserialize(line, InferenceJson.Default.LaneEvent) : null;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or JsonException)
        {
            return null;
        }
    }

    private Turn Enter(long user)
    {
        var most = _options.Value.RequestsOfAUser;
        if (_running.AddOrUpdate(user, 1, (_, count) => count + 1) <= most)
            return new Turn(this, user);
        Leave(user);
        throw new CatalogException(CatalogFault.Busy, $"{most} of your requests are running already. Stop one, or try again when they are done.");
    }

    private void Leave(long user) => _running.AddOrUpdate(user, 0, (_, count) => count - 1);

    private sealed class Turn(LaneService service, long user) : IDisposable
    {
        public void Dispose() => service.Leave(user);
    }
}
