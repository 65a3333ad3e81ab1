using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Runs;
using AdapterHub.Protocol.Workers;
using AdapterHub.Web.Api.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Workers;

/// <summary>
/// What workers ask: with a worker's token, which opens nothing else, and about a run with the lease of that run, which opens no other. Not in the
/// document of the interface: it is between programs of the same version.
/// </summary>
internal static class WorkerEndpoints
{
    public const string Root = "/api/workers";
    private const int LongestWaitSeconds = 60;
    private const long LargestBatch = 32 << 20;

    public static void Map(RouteGroupBuilder root)
    {
        var workers = root.MapGroup("").ExcludeFromDescription().AllowAnonymous().DisableRateLimiting().Needs(ApiNeed.Worker).AddEndpointFilter<WorkerFilter>();
        workers.MapPost("/register", RegisterAsync).WithName("RegisterWorker");
        workers.MapPost("/lease", LeaseAsync).WithName("LeaseRun");
        var run = workers.MapGroup("/runs/{run:long}");
        run.MapPost("/lease", LeaseRunAsync).WithName("LeaseThisRun");
        run.MapPost("/companion", LeaseCompanionAsync).WithName("LeaseCompanion");
        run.MapPost("/renew", RenewAsync).WithName("RenewLease");
        run.MapPost("/events", AppendAsync).WithName("AppendEvents").WithMetadata(new RequestSizeLimitAttribute(LargestBatch));
        run.MapGet("/blobs/{digest}", FetchAsync).WithName("FetchInput");
        run.MapPut("/blobs/{digest}", ReceiveAsync).WithName("SendRunFile").WithMetadata(new DisableRequestSizeLimitAttribute());
        run.MapPost("/checkpoints", SaveAsync).WithName("SaveCheckpoint");
        run.MapPost("/finish", FinishAsync).WithName("FinishRun").WithMetadata(new RequestSizeLimitAttribute(LargestBatch));
    }

    private static async Task<Ok<WorkerWelcome>> RegisterAsync(WorkerCaller worker, WorkerHello hello, LeaseDesk leases, RunLimits limits, CancellationToken cancel)
    {
        await leases.RegisterAsync(worker.Identity, new WorkerDescription(hello.Device, hello.HasGpu, hello.MemoryBytes, hello.Version), cancel);
        return TypedResults.Ok(new WorkerWelcome(worker.Identity.Name, limits.Lease.TotalSeconds));
    }

    private static async Task<Results<Ok<LeasedRun>, NoContent>> LeaseAsync(WorkerCaller worker, LeaseDesk leases, CancellationToken cancel, double wait = 0, bool blends = false, string? request = null) =>
        await leases.LeaseAsync(worker.Identity, Wait(wait), blends ? RunKind.Blend : null, request, cancel) is { } lease ? TypedResults.Ok(Record(lease)) : TypedResults.NoContent();

    private static async Task<Ok<LeasedRun>> LeaseRunAsync(WorkerCaller worker, long run, LeaseDesk leases, CancellationToken cancel, string? request = null) =>
        TypedResults.Ok(Record(await leases.LeaseRunAsync(worker.Identity, run, request, cancel)));

    private static async Task<Results<Ok<LeasedRun>, NoContent>> LeaseCompanionAsync(WorkerCaller worker, long run, LeaseDesk leases, CancellationToken cancel, string? request = null) =>
        await leases.LeaseCompanionAsync(worker.Identity, run, worker.Lease, CanShare, request, cancel) is { } lease ? TypedResults.Ok(Record(lease)) : TypedResults.NoContent();

    private static bool CanShare(string spec, string other) =>
        JsonSerializer.Deserialize(spec, ProtocolJson.Default.RunSpec) is TrainSpec one && JsonSerializer.Deserialize(other, ProtocolJson.Default.RunSpec) is TrainSpec two
        && JointRules.CanShare(one, two);

    private static async Task<Ok<LeaseAnswer>> RenewAsync(WorkerCaller worker, long run, LeaseDesk leases, CancellationToken cancel, string known = "running", double wait = 0)
    {
        var state = Enum.TryParse<HubRunState>(known, ignoreCase: true, out var parsed) ? parsed : throw new CatalogException(CatalogFault.Invalid, $"\"{known}\" is no state of a run.");
        return TypedResults.Ok(Record(await leases.RenewAsync(worker.Identity, run, worker.Lease, state.Stored(), Wait(wait), cancel)));
    }

    private static async Task<Ok<LeaseAnswer>> AppendAsync(WorkerCaller worker, long run, HttpRequest request, LeaseDesk leases, CancellationToken cancel) =>
        TypedResults.Ok(Record(await leases.AppendAsync(worker.Identity, run, worker.Lease, await WorkerEvents.ReadAsync(request.Body, cancel), cancel)));

    private static async Task<PhysicalFileHttpResult> FetchAsync(WorkerCaller worker, long run, string digest, RunFiles files, CancellationToken cancel) =>
        TypedResults.PhysicalFile(await files.GetPathAsync(worker.Identity, run, worker.Lease, digest, cancel), "application/octet-stream", enableRangeProcessing: true);

    private static async Task<NoContent> ReceiveAsync(WorkerCaller worker, long run, string digest, HttpRequest request, RunFiles files, CancellationToken cancel, string use = "checkpoint")
    {
        await files.ReceiveAsync(worker.Identity, run, worker.Lease, request.Body, digest, isResult: use == "result", cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SaveAsync(WorkerCaller worker, long run, NewCheckpoint checkpoint, RunFiles files, CancellationToken cancel)
    {
        await files.SaveCheckpointAsync(
            worker.Identity, run, worker.Lease, checkpoint.Step, [.. checkpoint.Files.Select(file => new RunStoredFile(file.Path, file.Digest, file.Length))], checkpoint.Keep, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<HubRun>> FinishAsync(WorkerCaller worker, long run, LeaseEnd end, LeaseDesk leases, CancellationToken cancel) =>
        TypedResults.Ok(RunRecords.Record(await leases.FinishAsync(worker.Identity, run, worker.Lease, new RunFinish
        {
            Outcome = end.Outcome switch { LeaseOutcome.Succeeded => RunOutcome.Succeeded, LeaseOutcome.Failed => RunOutcome.Failed, _ => RunOutcome.Stopped },
            Message = end.Message,
            Events = [.. end.Events.Select(happened => WorkerEvents.Read(happened.GetRawText()))],
            Files = [.. end.Files.Select(file => FileChange.Put(file.Path, file.Digest))],
        }, cancel)));

    private static TimeSpan Wait(double seconds) => TimeSpan.FromSeconds(Math.Clamp(double.IsFinite(seconds) ? seconds : 0, 0, LongestWaitSeconds));

    private static LeaseAnswer Record(RunReceipt receipt) => new(receipt.Stored, RunRecords.Record(receipt.State));

    private static LeasedRun Record(RunLease lease) => new(
        lease.RunId, lease.Name, lease.Token, lease.Attempt, RunRecords.Parse(lease.SpecJson), lease.BaseReference, lease.BaseName,
        [.. lease.Inputs.Select(input => new LeasedFile(input.Reference, input.Path, input.Digest, input.Length))],
        [.. lease.Checkpoints.Select(checkpoint => new LeasedCheckpoint(checkpoint.Step, [.. checkpoint.Files.Select(file => new LeasedFile("", file.Path, file.Digest, file.Length))]))],
        lease.Duration.TotalSeconds)
    {
        Adapters = lease.Adapters.Count > 0 ? [.. lease.Adapters.Select(adapter => new LeasedAdapter(adapter.Reference, adapter.CommitId))] : null,
    };
}

/// <summary>The worker that makes a request, with the lease that it names; empty where it names none.</summary>
internal sealed record WorkerCaller(WorkerIdentity Identity, string Lease)
{
    public static ValueTask<WorkerCaller?> BindAsync(HttpContext context) => ValueTask.FromResult<WorkerCaller?>(
        context.Features.Get<WorkerIdentity>() is { } identity ? new WorkerCaller(identity, context.Request.Headers[WorkerHeaders.Lease].ToString())
            : throw new CatalogException(CatalogFault.SignInRequired, "This is for workers: send a worker's token as Authorization: Bearer TOKEN. An administrator makes one."));
}

/// <summary>Lets nobody in who is no worker, before anything of the request is read.</summary>
internal sealed class WorkerFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Features.Get<WorkerIdentity>() is null
            ? throw new CatalogException(CatalogFault.SignInRequired, "This is for workers: send a worker's token as Authorization: Bearer TOKEN. An administrator makes one.")
            : next(context);
}
