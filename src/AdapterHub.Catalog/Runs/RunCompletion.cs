using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// How a run ends. A result is published as whoever started the run, by the one way into the catalogue, and the run has succeeded in the very
/// transaction of the revision: there is no adapter of an unfinished run and no finished run without its adapter.
/// </summary>
public sealed class RunCompletion(IDbContextFactory<CatalogContext> contexts, Publisher publisher, RunFeed feed, TimeProvider time)
{
    internal async Task FinishAsync(WorkerIdentity worker, long runId, string lease, RunFinish finish, CancellationToken cancel)
    {
        Run run;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
        {
            run = await LeaseDesk.RequireLeaseAsync(context, worker, runId, lease, cancel);
            await context.Entry(run).Reference(r => r.User).LoadAsync(cancel);
        }

        if (finish.Outcome != RunOutcome.Succeeded || run.Target is null || run.State == RunState.Cancelling)
        {
            await EndAsync(worker, runId, lease, finish, cancel);
            return;
        }

        try
        {
            await PublishAsync(worker, run, lease, finish, cancel);
        }
        catch (CatalogException refused) when (refused.Fault is not (CatalogFault.Gone or CatalogFault.Busy or CatalogFault.DiskFull))
        {
            var reasons = refused.Details.Count > 0 ? string.Join(" ", refused.Details) : refused.Message;
            var message = run.Kind == RunKind.Train
                ? $"The adapter was trained but could not be published to {run.Target}: {reasons} Its last checkpoint is kept: mend that and try the run again, which publishes without training anew."
                : $"The blend was made but could not be published to {run.Target}: {reasons} Mend that and try the run again.";
            await EndAsync(worker, runId, lease, finish with { Outcome = RunOutcome.Failed, Message = message }, cancel);
        }
    }

    private async Task PublishAsync(WorkerIdentity worker, Run run, string lease, RunFinish finish, CancellationToken cancel)
    {
        var actor = run.User is { DisabledAt: null } user ? new Actor(user.Id, user.UserName!, user.IsAdministrator, ActorScope.Write)
            : throw new CatalogException(CatalogFault.Forbidden, "The account that started the run is closed or shut.");
        var target = RepositoryName.Parse(run.Target);
        var request = new CommitRequest { Message = $"{(run.Kind == RunKind.Train ? "Trained" : "Blended")} by run {run.Id}: {run.Name}", Files = finish.Files };
        var told = new List<(long Run, IReadOnlyList<RunEventView> Events)>();
        bool exists;
        await using (var context = await contexts.CreateDbContextAsync(cancel))
            exists = await RepositoryAccess.FindRowAsync(context, target, cancel) is not null;
        if (exists)
            await publisher.CommitAsync(actor, target, request, Complete, cancel);
        else
            await publisher.CreateAsync(actor, new NewRepository(target, RepositoryKind.Adapter, run.TargetVisibility), request, Complete, cancel);
        Tell(told);

        async Task Complete(CatalogContext context)
        {
            told.Clear();
            var row = await RepositoryAccess.FindRowAsync(context, target, cancel) ?? throw CatalogException.NotFound($"The repository {target}");
            var commit = await RevisionReader.FindCommitAsync(context, row.Id, Repository.DefaultBranch, cancel) ?? throw CatalogException.NotFound($"The revision of {target}");
            told.AddRange(await ApplyAsync(context, worker, run.Id, lease, finish, (row, commit.Id), cancel));
        }
    }

    private async Task EndAsync(WorkerIdentity worker, long runId, string lease, RunFinish finish, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var told = await ApplyAsync(context, worker, runId, lease, finish, null, cancel);
        await transaction.CommitAsync(cancel);
        Tell(told);
    }

    private async Task<IReadOnlyList<(long Run, IReadOnlyList<RunEventView> Events)>> ApplyAsync(
        CatalogContext context, WorkerIdentity worker, long runId, string lease, RunFinish finish, (Repository Row, string CommitId)? result, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var run = await LeaseDesk.RequireLeaseAsync(context, worker, runId, lease, cancel);
        var log = new RunLogWriter(context, run, now);
        RunAppending.Append(run, log, finish.Events);
        if (result is { } published)
        {
            (run.ResultRepositoryId, run.ResultCommitId) = (published.Row.Id, published.CommitId);
            log.Add(RunEventKinds.Published, JsonSerializer.Serialize(
                new PublishedLine(RunEventKinds.Published, run.Target!, published.CommitId, []), RunLogJson.Default.PublishedLine));
            await RunResults.HandOverAsync(context, run, cancel);
            context.Lineage.Add(new LineageLink { ChildId = published.Row.Id, Relation = LineageRelation.Run, ParentName = $"run {run.Id}", ParentRevision = published.CommitId });
        }

        log.Apply(finish.Outcome switch { RunOutcome.Succeeded => RunDeed.Succeed, RunOutcome.Failed => RunDeed.Fail, _ => RunDeed.Stop }, finish.Message);
        IReadOnlyList<(long Run, IReadOnlyList<RunEventView> Events)> others =
            run.State is RunState.Failed or RunState.Cancelled ? await RunDependents.CancelAsync(context, run, now, cancel) : [];
        await context.SaveChangesAsync(cancel);
        return [(runId, log.Added), .. others];
    }

    private void Tell(IReadOnlyList<(long Run, IReadOnlyList<RunEventView> Events)> told)
    {
        foreach (var (run, events) in told)
            feed.Publish(run, events);
        feed.Wake();
    }
}
