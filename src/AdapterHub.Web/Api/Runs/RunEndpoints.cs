using System.Text.Json;
using System.Text.Json.Nodes;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api.Hub;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Runs;

/// <summary>Runs, as people and their programs start and steer them.</summary>
internal static class RunEndpoints
{
    public const string Root = "/api/runs";
    private const long LargestText = 1L << 30;

    public static void Map(RouteGroupBuilder root)
    {
        var runs = root.MapGroup("").WithTags("Runs");
        runs.MapGet("/", ListAsync).Needs(ApiNeed.Nothing).WithName("ListRuns")
            .WithSummary("Lists runs that you may see").WithDescription("Newest first. states are words divided by commas; mine=true leaves others' public runs out.");
        runs.MapPost("/", StartAsync).Needs(ApiNeed.WritingAccount).WithName("StartRun")
            .WithSummary("Starts a run").WithDescription("It waits for a worker. With a key, the same request sent again answers with the same run. With evaluate, a second run measures the adapter once it is trained.");
        runs.MapPost("/files", ReceiveAsync).Needs(ApiNeed.WritingAccount).WithName("SendRunText").WithMetadata(new RequestSizeLimitAttribute(LargestText))
            .WithSummary("Sends a text for a run").WithDescription("The body is the file. It is kept for a day, or as long as a run reads it.");
        runs.MapPost("/forecast", ForecastAsync).Needs(ApiNeed.WritingAccount).WithName("ForecastRun")
            .WithSummary("Tells what a training run would take, and starts nothing")
            .WithDescription("Memory, time and cost on the worker that would take it, and warnings. count=true has the base's own tokenizer read the text, which takes some seconds.");
        runs.MapGet("/{run:long}", GetAsync).Needs(ApiNeed.RunViewer).WithName("GetRun")
            .WithSummary("Tells a run with its settings").WithDescription("And what it reads, what it waits for and where it can go on.");
        MapWishes(runs.MapGroup("/{run:long}"));
    }

    private static void MapWishes(RouteGroupBuilder run)
    {
        run.MapPost("/cancel", (Caller caller, long run, RunDesk desk, CancellationToken cancel) => Answer(desk.CancelAsync(caller, run, cancel))).Needs(ApiNeed.RunWriter).WithName("CancelRun")
            .WithSummary("Ends a run").WithDescription("A worker that has it stops after its step. Runs that were to come after it are cancelled too.");
        run.MapPost("/pause", (Caller caller, long run, RunDesk desk, CancellationToken cancel) => Answer(desk.PauseAsync(caller, run, cancel))).Needs(ApiNeed.RunWriter).WithName("PauseRun")
            .WithSummary("Lets a run wait").WithDescription("A worker that has it leaves a checkpoint and takes another run.");
        run.MapPost("/resume", (Caller caller, long run, RunDesk desk, CancellationToken cancel) => Answer(desk.ResumeAsync(caller, run, cancel))).Needs(ApiNeed.RunWriter).WithName("ResumeRun")
            .WithSummary("Lets a paused run go on").WithDescription("From its last checkpoint, when it is its turn.");
        run.MapPost("/retry", (Caller caller, long run, RunDesk desk, CancellationToken cancel) => Answer(desk.RetryAsync(caller, run, cancel))).Needs(ApiNeed.RunWriter).WithName("RetryRun")
            .WithSummary("Tries a failed or cancelled run again").WithDescription("From its last checkpoint.");
        run.MapPost("/clone", CloneAsync).Needs(ApiNeed.RunWriter).WithName("CloneRun")
            .WithSummary("Starts a run like this one").WithDescription("What it reads is looked up anew.");
        run.MapPost("/checkpoints/{step:long}/publish", PublishAsync).Needs(ApiNeed.RunWriter).WithName("PublishCheckpoint")
            .WithSummary("Publishes the adapter of a checkpoint").WithDescription("As a repository of its own, with a card that says which step of which run it is.");
        run.MapPut("/priority", (Caller caller, long run, HubPriority priority, RunDesk desk, CancellationToken cancel) =>
            Answer(desk.SetPriorityAsync(caller, run, priority.Priority, cancel))).Needs(ApiNeed.RunWriter).WithName("SetRunPriority")
            .WithSummary("Says which of your waiting runs comes first").WithDescription("The greater number. It never goes before other people's turns.");
    }

    private static async Task<Ok<HubRun>> Answer(Task<RunView> done) => TypedResults.Ok(RunRecords.Record(await done));

    private static async Task<Ok<HubRunPage>> ListAsync(
        Caller caller, RunReader reader, CancellationToken cancel, string? owner = null, string? states = null, string? kind = null, string? q = null, bool mine = false, int skip = 0, int take = 50)
    {
        var page = await reader.ListAsync(caller, new RunQuery
        {
            Owner = owner, Text = q, Mine = mine, Skip = skip, Take = take, States = [.. (states ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse<RunState>)],
            Kind = kind is { Length: > 0 } ? Parse<RunKind>(kind) : null,
        }, cancel);
        return TypedResults.Ok(new HubRunPage([.. page.Runs.Select(RunRecords.Record)], page.Total));
    }

    private static async Task<Results<Created<HubRun>, Ok<HubRun>>> StartAsync(Caller caller, HubNewRun asked, RunLauncher launcher, CancellationToken cancel)
    {
        caller.Actor.RequireWrite("start a run");
        var started = await launcher.StartAsync(caller, new NewRun(ReadSpec(asked.Spec))
        {
            Name = asked.Name, Owner = asked.Owner, Target = asked.Target is { } target ? RepositoryName.Parse(target) : null,
            TargetVisibility = asked.Visibility?.Stored() ?? RepositoryVisibility.Private, IsPublic = asked.Public ?? false, Priority = asked.Priority ?? 0,
            After = asked.After ?? [], Evaluation = asked.Evaluate ?? [], Key = asked.Key,
        }, cancel);
        return Created(started);
    }

    private static async Task<Ok<HubForecast>> ForecastAsync(Caller caller, HubNewRun asked, RunForecaster forecaster, CancellationToken cancel, bool count = false)
    {
        caller.Actor.RequireWrite("plan a run");
        caller.RequireSignIn("plan a run");
        var spec = ReadSpec(asked.Spec) as TrainSpec ?? throw new CatalogException(CatalogFault.Invalid, "Only training is forecast.");
        RunLauncher.Check(spec);
        var owner = asked.Owner ?? (asked.Target is { } target ? RepositoryName.Parse(target).Owner : caller.Actor.Name);
        var measured = count ? await forecaster.CountAsync(caller, owner, spec, null, cancel) : null;
        return TypedResults.Ok(RunRecords.Record(await forecaster.ForecastAsync(caller, owner, spec, measured, null, cancel), forecaster.Prices.Currency));
    }

    private static async Task<Results<Created<HubRun>, Ok<HubRun>>> CloneAsync(Caller caller, long run, HubRunCopy copy, RunLauncher launcher, CancellationToken cancel) =>
        Created(await launcher.CloneAsync(caller, run, copy.Name, copy.Target is { } target ? RepositoryName.Parse(target) : null, copy.Key, cancel));

    private static async Task<Ok<HubSentFile>> ReceiveAsync(Caller caller, string name, HttpRequest request, RunLauncher launcher, CancellationToken cancel)
    {
        var (reference, blob) = await launcher.ReceiveTextAsync(caller, name, request.Body, cancel);
        return TypedResults.Ok(new HubSentFile(reference, blob.Digest, blob.Length));
    }

    private static async Task<Ok<HubRunDetail>> GetAsync(Caller caller, long run, RunReader reader, CancellationToken cancel) =>
        TypedResults.Ok(RunRecords.Record(await reader.GetDetailAsync(caller, run, cancel)));

    private static async Task<Created<HubPublishedCheckpoint>> PublishAsync(Caller caller, long run, int step, HubCheckpointTarget asked, CheckpointPublisher publisher, CancellationToken cancel)
    {
        var target = RepositoryName.Parse(asked.Target);
        var made = await publisher.PublishAsync(caller, run, step, target, asked.Visibility?.Stored() ?? RepositoryVisibility.Private, cancel);
        return TypedResults.Created($"/{target}", new HubPublishedCheckpoint(target.ToString(), made.CommitId));
    }

    private static Results<Created<HubRun>, Ok<HubRun>> Created(StartedRun started)
    {
        var record = RunRecords.Record(started.Run);
        return started.IsNew ? TypedResults.Created($"{Root}/{record.Id}", record) : TypedResults.Ok(record);
    }

    /// <summary>A spec of the command line needs a folder for its result; one for the hub need not say any.</summary>
    internal static RunSpec ReadSpec(JsonElement json)
    {
        try
        {
            var spec = JsonObject.Create(json) ?? throw new JsonException("it is no object");
            spec.TryAdd("output", "output");
            if (spec["kind"]?.GetValue<string>() == "evaluate")
                spec.Remove("output");
            return spec.Deserialize(ProtocolJson.Default.RunSpec) ?? throw new JsonException("it is null");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new CatalogException(CatalogFault.Invalid, $"The spec is none: {wrong.Message.Split(" Path: ", 2)[0]}");
        }
    }

    private static T Parse<T>(string word) where T : struct, Enum => Enum.TryParse<T>(word, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw new CatalogException(CatalogFault.Invalid, $"\"{word}\" is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
}
