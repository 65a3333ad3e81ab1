using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Protocol.Inference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;

namespace AdapterHub.Worker.Inference;

/// <summary>
/// The engine as a server on this machine: <c>POST /lanes</c> answers with events, one JSON object a line, and closing the connection ends the lanes within one token;
/// <c>POST /text</c> counts the tokens of a text; <c>GET /status</c> says what is in memory. Every request brings the shared secret.
/// </summary>
public sealed class EngineServer : IAsyncDisposable
{
    /// <summary>The environment variable with the secret that requests bring as <c>Authorization: Bearer</c>.</summary>
    public const string SecretVariable = "ADAPTERHUB_ENGINE_SECRET";

    private const int LongestRequest = 4 << 20;
    private static readonly byte[] LineEnd = "\n"u8.ToArray();
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _secret;
    private readonly ModelRack _rack;
    private readonly TextMeter _meter;
    private readonly WebApplication _application;

    /// <param name="listen">"unix:/path/of/a/socket" or "http://127.0.0.1:0".</param>
    /// <param name="secret">At least 16 characters.</param>
    public EngineServer(EngineOptions options, string listen, string secret, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(listen);
        if (secret is not { Length: >= 16 })
            throw new RunInputException($"{SecretVariable} is not set, or shorter than 16 characters: whoever reaches the engine must know it.");
        (_options, _time, _secret, _rack) = (options, time, Hash($"Bearer {secret}"), new ModelRack(options));
        _meter = new TextMeter(options.WorkFolder, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Warning" } });
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LongestRequest;
            if (listen.StartsWith("unix:", StringComparison.Ordinal))
                kestrel.ListenUnixSocket(listen["unix:".Length..]);
        });
        if (!listen.StartsWith("unix:", StringComparison.Ordinal))
            builder.WebHost.UseUrls(RequireLoopback(listen));
        _application = builder.Build();
        _application.Use(CheckSecretAsync);
        _application.MapGet("/status", StatusAsync);
        _application.MapPost("/lanes", LanesAsync);
        _application.MapPost("/text", TextAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Address => _application.Urls.First();

    public Task StartAsync(CancellationToken cancel) => _application.StartAsync(cancel);

    public Task StopAsync(CancellationToken cancel) => _application.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync().ConfigureAwait(false);
        _rack.Dispose();
        _meter.Dispose();
    }

    private static string RequireLoopback(string listen) => Uri.TryCreate(listen, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback
        ? listen
        : throw new RunInputException($"--listen {listen}: the engine listens on this machine alone, as http://127.0.0.1:0 or unix:/path.");

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private Task CheckSecretAsync(HttpContext context, RequestDelegate next)
    {
        if (CryptographicOperations.FixedTimeEquals(Hash(context.Request.Headers.Authorization.ToString()), _secret))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private Task StatusAsync(HttpContext context)
    {
        var status = new EngineStatus(Environment.ProcessId, _options.Device.ToString(), _options.MemoryBudget, _rack.List());
        return context.Response.WriteAsJsonAsync(status, InferenceJson.Default.EngineStatus, cancellationToken: context.RequestAborted);
    }

    private async Task LanesAsync(HttpContext context)
    {
        List<ResidentAdapter> adapters = [];
        ModelLease? lease = null;
        try
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, InferenceJson.Default.EngineRequest, context.RequestAborted).ConfigureAwait(false)
                ?? throw new RunInputException("The request is empty.");
            lease = await _rack.AcquireAsync(request.Base, context.RequestAborted).ConfigureAwait(false);
            var job = RequestReader.Read(lease.Model, request, adapters, _time, context.RequestAborted);
            lease.Model.Submit(job);
            await SendAsync(context, job, lease.Model).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // the border of the process: what is wrong becomes an answer
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await RefuseAsync(context, exception).ConfigureAwait(false);
        }
        finally
        {
            adapters.ForEach(adapter => lease!.Model.Adapters.Return(adapter));
            lease?.Dispose();
        }
    }

    private async Task TextAsync(HttpContext context)
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, InferenceJson.Default.EngineTextRequest, context.RequestAborted).ConfigureAwait(false)
                ?? throw new RunInputException("The request is empty.");
            var measured = await _meter.MeasureAsync(request, context.RequestAborted).ConfigureAwait(false);
            await context.Response.WriteAsJsonAsync(measured, InferenceJson.Default.TextMeasured, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // the border of the process: what is wrong becomes an answer
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await RefuseAsync(context, exception).ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(HttpContext context, LaneJob job, ResidentModel model)
    {
        await using var gone = context.RequestAborted.Register(model.Wake).ConfigureAwait(false);
        context.Response.ContentType = "application/x-ndjson";
        var body = context.Response.Body;
        await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await foreach (var happened in job.Events.ReadAllAsync(context.RequestAborted).ConfigureAwait(false))
        {
            await JsonSerializer.SerializeAsync(body, happened, InferenceJson.Default.LaneEvent, context.RequestAborted).ConfigureAwait(false);
            await body.WriteAsync(LineEnd, context.RequestAborted).ConfigureAwait(false);
            if (!job.Events.TryPeek(out _))
                await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Task RefuseAsync(HttpContext context, Exception exception)
    {
        var (status, problem) = exception switch
        {
            EngineBusyException => (StatusCodes.Status429TooManyRequests, new EngineProblem(LanesFault.Busy, exception.Message)),
            JsonException => (StatusCodes.Status422UnprocessableEntity, new EngineProblem(LanesFault.Input, exception.Message)),
            _ when RunFault.Of(exception) is { IsInput: true } fault => (StatusCodes.Status422UnprocessableEntity, new EngineProblem(LanesFault.Input, fault.Message)),
            _ => (StatusCodes.Status500InternalServerError, new EngineProblem(LanesFault.Engine, RunFault.Of(exception).Message)),
        };
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(problem, InferenceJson.Default.EngineProblem, cancellationToken: context.RequestAborted);
    }
}
