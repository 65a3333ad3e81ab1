using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Inference;
using AdapterHub.Web.Inference;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Answers and scores in lanes, as events: one JSON object a line while they come. Closing the connection ends the lanes.</summary>
internal static class LaneEndpoints
{
    private const string Lines = "application/x-ndjson";
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static void Map(RouteGroupBuilder hub)
    {
        var lanes = hub.MapGroup("/lanes").WithTags("Lanes");
        lanes.MapPost("/generate", GenerateAsync).Needs(ApiNeed.Account).WithName("GenerateInLanes")
            .WithSummary("Continues a text in several lanes at once")
            .WithDescription("Each lane is the base model with adapters and weights of its own. Answers with one event a line, tokens as they come; the last is done or failed.")
            .Produces(StatusCodes.Status200OK, contentType: Lines);
        lanes.MapPost("/score", ScoreAsync).Needs(ApiNeed.Account).WithName("ScoreInLanes")
            .WithSummary("Says how probable a text is in several lanes")
            .WithDescription("Log-probabilities of every token and the perplexity, one event a lane.")
            .Produces(StatusCodes.Status200OK, contentType: Lines);
        lanes.MapGet("/engine", StatusAsync).Needs(ApiNeed.Administrator).WithName("GetEngine")
            .WithSummary("Says what the engine has in memory").WithDescription("Without models where no engine runs; the first request starts one.");
    }

    private static Task GenerateAsync(Caller caller, LaneRequest request, HttpContext context, LaneService lanes, CancellationToken cancel)
    {
        caller.RequireSignIn("have a model answer");
        return SendAsync(context, lanes.GenerateAsync(caller, request, cancel), cancel);
    }

    private static Task ScoreAsync(Caller caller, LaneScoring request, HttpContext context, LaneService lanes, CancellationToken cancel)
    {
        caller.RequireSignIn("have a model score a text");
        return SendAsync(context, lanes.ScoreAsync(caller, request, cancel), cancel);
    }

    private static async Task<Ok<EngineStatus>> StatusAsync(Caller caller, LaneService lanes, CancellationToken cancel)
    {
        caller.Actor.RequireAdministrator("look at the engine");
        return TypedResults.Ok(await lanes.FindStatusAsync(cancel) ?? new EngineStatus(0, "none", 0, []));
    }

    // The first event comes once everything was checked: what is refused is refused before the answer begins.
    private static async Task SendAsync(HttpContext context, IAsyncEnumerable<LaneEvent> events, CancellationToken cancel)
    {
        await using var happening = events.GetAsyncEnumerator(cancel);
        var more = await happening.MoveNextAsync();
        context.Response.ContentType = Lines;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would collect the lines
        var body = context.Response.Body;
        for (; more; more = await happening.MoveNextAsync())
        {
            await JsonSerializer.SerializeAsync(body, happening.Current, InferenceJson.Default.LaneEvent, cancel);
            await body.WriteAsync(LineEnd, cancel);
            await body.FlushAsync(cancel);
        }
    }
}
