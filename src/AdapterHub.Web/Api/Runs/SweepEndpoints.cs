using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api.Hub;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AdapterHub.Web.Api.Runs;

/// <summary>Runs that are started together to find the settings that serve best.</summary>
internal static class SweepEndpoints
{
    private const string Root = RunEndpoints.Root + "/sweeps";

    public static void Map(RouteGroupBuilder root)
    {
        var sweeps = root.MapGroup("/sweeps").WithTags("Runs");
        sweeps.MapGet("/", ListAsync).Needs(ApiNeed.Nothing).WithName("ListSweeps")
            .WithSummary("Lists sweeps of which you may see a run").WithDescription("Newest first, each with its runs and the best of them.");
        sweeps.MapPost("/", StartAsync).Needs(ApiNeed.WritingAccount).WithName("StartSweep")
            .WithSummary("Starts training runs that differ in some settings")
            .WithDescription("A grid of values, a list of combinations, or both. All runs are queued or none. With a key, the same request sent again answers with the same sweep.");
        sweeps.MapGet("/{sweep:long}", GetAsync).Needs(ApiNeed.RunViewer).WithName("GetSweep")
            .WithSummary("Tells the runs of a sweep and which is best").WithDescription("The best has the lowest held-out loss so far.");
        sweeps.MapPost("/{sweep:long}/cancel", CancelAsync).Needs(ApiNeed.RunWriter).WithName("CancelSweep")
            .WithSummary("Ends all runs of a sweep that have not ended").WithDescription("What is done stays.");
    }

    private static async Task<Results<Created<HubSweep>, Ok<HubSweep>>> StartAsync(Caller caller, HubNewSweep asked, SweepLauncher launcher, CancellationToken cancel)
    {
        caller.Actor.RequireWrite("start runs");
        var spec = RunEndpoints.ReadSpec(asked.Spec) as TrainSpec ?? throw new CatalogException(CatalogFault.Invalid, "Only training runs can be swept.");
        var started = await launcher.StartAsync(caller, new NewSweep(spec, new SweepPlan { Grid = asked.Grid ?? new SweepPlan().Grid, List = asked.List ?? [] }, RepositoryName.Parse(asked.Target))
        {
            Name = asked.Name, Owner = asked.Owner, TargetVisibility = asked.Visibility?.Stored() ?? RepositoryVisibility.Private, IsPublic = asked.Public ?? false,
            Priority = asked.Priority ?? 0, Key = asked.Key,
        }, cancel);
        var record = RunRecords.Record(started.Sweep);
        return started.IsNew ? TypedResults.Created($"{Root}/{record.Id}", record) : TypedResults.Ok(record);
    }

    private static async Task<Ok<HubSweepPage>> ListAsync(Caller caller, SweepDesk desk, CancellationToken cancel, int skip = 0, int take = 20)
    {
        var list = await desk.ListAsync(caller, skip, take, cancel);
        return TypedResults.Ok(new HubSweepPage([.. list.Sweeps.Select(RunRecords.Record)], list.Total));
    }

    private static async Task<Ok<HubSweep>> GetAsync(Caller caller, long sweep, SweepDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(RunRecords.Record(await desk.GetAsync(caller, sweep, cancel)));

    private static async Task<Ok<HubSweep>> CancelAsync(Caller caller, long sweep, SweepDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(RunRecords.Record(await desk.CancelAsync(caller, sweep, cancel)));
}
