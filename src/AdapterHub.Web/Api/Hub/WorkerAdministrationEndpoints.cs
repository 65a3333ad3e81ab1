using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Hub;

/// <summary>Workers and their tokens.</summary>
internal static class WorkerAdministrationEndpoints
{
    public static void Map(RouteGroupBuilder hub)
    {
        var workers = hub.MapGroup("/workers").WithTags("Workers");
        workers.MapGet("/", ListAsync).Needs(ApiNeed.Account).WithName("ListWorkers")
            .WithSummary("Lists the workers").WithDescription("With their device and when they were seen last; what they work at, where you may know it.");
        workers.MapPost("/", CreateAsync).Needs(ApiNeed.Administrator).WithName("CreateWorker")
            .WithSummary("Makes a token for a worker").WithDescription("The answer shows it this once: adapterhub worker --hub URL --token TOKEN.");
        workers.MapDelete("/{id:long}", RevokeAsync).Needs(ApiNeed.Administrator).WithName("RevokeWorker")
            .WithSummary("Takes a worker's token back").WithDescription("What it works at goes to another.");
    }

    private static async Task<Ok<IReadOnlyList<HubWorker>>> ListAsync(Caller caller, WorkerRegistry workers, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<HubWorker>>([.. (await workers.ListAsync(caller, cancel)).Select(RunRecords.Record)]);

    private static async Task<Created<HubIssuedWorker>> CreateAsync(Caller caller, HubNewWorker worker, WorkerRegistry workers, CancellationToken cancel)
    {
        var made = await workers.CreateAsync(caller, worker.Name, cancel);
        return TypedResults.Created($"{HubApi.Root}/workers", new HubIssuedWorker(made.Token, RunRecords.Record(made.View)));
    }

    private static async Task<NoContent> RevokeAsync(Caller caller, long id, WorkerRegistry workers, CancellationToken cancel)
    {
        await workers.RevokeAsync(caller, id, cancel);
        return TypedResults.NoContent();
    }
}
