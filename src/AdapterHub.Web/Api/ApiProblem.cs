using System.Globalization;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Hub;
using Microsoft.AspNetCore.WebUtilities;

namespace AdapterHub.Web.Api;

/// <summary>What goes wrong, as problem details (RFC 9457).</summary>
internal static class ApiProblem
{
    private const int SecondsUntilRetry = 5;
    private const string Quota = "quota-exceeded";

    /// <summary>The kinds of problems, for the page that explains them.</summary>
    public static IReadOnlyList<ProblemKind> Known { get; } =
    [
        new(StatusCodes.Status400BadRequest, "The request is wrong", "It could not be understood: the JSON or a parameter is not of the expected form."),
        new(StatusCodes.Status401Unauthorized, "Sign-in needed", "Send a token that is in force as Authorization: Bearer TOKEN."),
        new(StatusCodes.Status403Forbidden, "Not allowed", "You see the thing and may not do this to it, or the token only reads."),
        new(StatusCodes.Status403Forbidden, "Quota used up", "The owner stores or runs as much as it may. Waiting does not help: make room, or ask an administrator for more.") { Slug = Quota },
        new(StatusCodes.Status404NotFound, "Not found", "It does not exist, or you have no access to it; the two are not told apart."),
        new(StatusCodes.Status405MethodNotAllowed, "Not this method", "The address knows other methods, which the Allow header names."),
        new(StatusCodes.Status409Conflict, "In conflict with what is there", "The name is taken, the branch moved meanwhile, or the bytes belong elsewhere in the file."),
        new(StatusCodes.Status410Gone, "Gone", "It was there once."),
        new(StatusCodes.Status413PayloadTooLarge, "Too large", "More bytes than are accepted."),
        new(StatusCodes.Status415UnsupportedMediaType, "Of another type", "The body is of a type that is not taken here."),
        new(StatusCodes.Status422UnprocessableEntity, "What was sent has faults", "It was understood and cannot be taken as it is; findings tells every reason."),
        new(StatusCodes.Status429TooManyRequests, "Too many requests", "Wait as many seconds as the Retry-After header says."),
        new(StatusCodes.Status500InternalServerError, "A fault of the hub", "The hub's log says what happened."),
        new(StatusCodes.Status507InsufficientStorage, "No room", "The disk of the hub is full. It may be tried again."),
    ];

    public static HubProblem Of(CatalogException fault)
    {
        var problem = Of(FaultStatus.Of(fault.Fault), fault.Message) with { Findings = fault.Details.Count > 0 ? fault.Details : null };
        return fault.Fault == CatalogFault.QuotaExceeded ? problem with { Type = $"/api#{Quota}", Title = Known.First(kind => kind.Slug == Quota).Title } : problem;
    }

    public static HubProblem Of(int status, string detail) =>
        new() { Type = $"/api#{Slug(status)}", Title = TitleOf(status), Status = status, Detail = detail };

    /// <summary>A request that could not be understood: what ASP.NET says of it, in words for people.</summary>
    public static HubProblem Of(BadHttpRequestException fault) => fault switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => Of(fault.StatusCode, "The body of the request is larger than is accepted here."),
        { InnerException: JsonException { Path: { Length: > 0 } path } json } =>
            Of(fault.StatusCode, $"The body of the request is wrong at {path}: {FirstSentence(json.Message)}"),
        { InnerException: JsonException json } => Of(fault.StatusCode, $"The body of the request is no JSON of the expected form: {FirstSentence(json.Message)}"),
        _ => Of(fault.StatusCode, fault.Message),
    };

    /// <summary>What stands for a status that came without words.</summary>
    public static HubProblem OfStatus(int status) => Of(status, status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address. /api lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address does not know that method; the Allow header names those that it knows.",
        StatusCodes.Status415UnsupportedMediaType => "The body is of a type that is not taken here; send application/json.",
        StatusCodes.Status429TooManyRequests => "Too many requests came from here. Wait as long as the Retry-After header says.",
        _ => $"The request ended with {ReasonPhrases.GetReasonPhrase(status)}.",
    });

    public static async Task WriteAsync(HttpContext context, HubProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.Headers.CacheControl = "no-store";
        if (problem.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"AdapterHub\"";
        if (problem.Status == StatusCodes.Status429TooManyRequests && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = SecondsUntilRetry.ToString(CultureInfo.InvariantCulture);
        await response.WriteAsJsonAsync(problem, HubJson.Default.HubProblem, HubProblem.MediaType, context.RequestAborted);
    }

    private static string TitleOf(int status) => Known.FirstOrDefault(problem => problem.Status == status)?.Title ?? ReasonPhrases.GetReasonPhrase(status);

    internal static string Slug(int status) => ReasonPhrases.GetReasonPhrase(status).ToLowerInvariant().Replace(' ', '-');

    /// <summary>System.Text.Json appends where in the bytes it happened, which the path says better.</summary>
    private static string FirstSentence(string message) => message.Split(" Path: ", 2)[0];
}

/// <summary>One kind of problem, in words.</summary>
internal sealed record ProblemKind(int Status, string Title, string Meaning)
{
    /// <summary>Of its place on the page, which the type of a problem leads to.</summary>
    public string Slug { get; init; } = ApiProblem.Slug(Status);
}

/// <summary>Around everything below <c>/api</c>: no exception and no bare status leaves it, only problem details.</summary>
internal sealed partial class ApiProblems(RequestDelegate next, ILogger<ApiProblems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (CatalogException fault) when (!context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, ApiProblem.Of(fault));
            return;
        }
        catch (BadHttpRequestException fault) when (!context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, ApiProblem.Of(fault));
            return;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception full) when (StorageFault.IsDiskFull(full) && !context.Response.HasStarted)
        {
            LogFull(full.Message, context.Request.Method, context.Request.Path);
            await ApiProblem.WriteAsync(context, ApiProblem.Of(StatusCodes.Status507InsufficientStorage, "The disk of the hub is full: its database took no more. Ask whoever runs the hub to make room, and try again."));
            return;
        }
#pragma warning disable CA1031 // the border of the process: a fault of the program becomes a log entry and a status, never a stack trace for strangers
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault, context.Request.Method, context.Request.Path, context.TraceIdentifier);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await ApiProblem.WriteAsync(context, ApiProblem.Of(StatusCodes.Status500InternalServerError, $"The hub failed; its log says how, under {context.TraceIdentifier}."));
            return;
        }

        if (IsBare(context))
            await ApiProblem.WriteAsync(context, ApiProblem.OfStatus(context.Response.StatusCode));
    }

    private static bool IsBare(HttpContext context) => context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null };

    [LoggerMessage(LogLevel.Error, "The disk is full, so {Method} {Path} was refused: {Reason}")]
    private partial void LogFull(string reason, string method, string path);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed, request {Request}")]
    private partial void LogFault(Exception fault, string method, string path, string request);
}
