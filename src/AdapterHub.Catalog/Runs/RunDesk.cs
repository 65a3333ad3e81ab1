using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>What people do with runs: start them, let them wait, go on, end, try again.</summary>
public sealed class RunDesk(IDbContextFactory<CatalogContext> contexts, RunFeed feed, RunLimits limits, TimeProvider time)
{
    private const int LongestName = 120;
    private const int LongestKey = 100;
    private const int LongestSpec = 256 << 10;
    private const int MostAfter = 50;

    /// <summary>Queues a run. Everything that it reads is fixed to digests here.</summary>
    /// <exception cref="CatalogException">SignInRequired, Forbidden, NotFound, Invalid, QuotaExceeded; Conflict when the key was used for something else.</exception>
    public async Task<StartedRun> StartAsync(Actor actor, RunSubmission submission, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(submission);
        actor.RequireWrite("start a run");
        if (!actor.IsSignedIn)
            throw new CatalogException(CatalogFault.SignInRequired, "Sign in to start a run.");
        Check(submission);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var owner = await RepositoryCatalog.RequireOwnerAsync(context, actor, submission.Owner, cancel);
        if (await FindAskedBeforeAsync(context, owner, submission, cancel) is { } before)
            return new StartedRun(RunView.Of(before), IsNew: false);
        await RequireRoomAsync(context, owner, submission.Then is null ? 1 : 2, cancel);
        var (run, events) = await QueueAsync(context, actor, owner, submission, cancel);
        (Run Run, IReadOnlyList<RunEventView> Events)? follower = submission.Then is { } then ? await QueueAsync(context, actor, owner, then(run.Id), cancel) : null;
        await transaction.CommitAsync(cancel);
        feed.Publish(run.Id, events);
        if (follower is { } next)
            feed.Publish(next.Run.Id, next.Events);
        feed.Wake();
        await context.Entry(run).Reference(r => r.User).LoadAsync(cancel);
        return new StartedRun(RunView.Of(run), IsNew: true);
    }

    /// <summary>Writes a run that waits, inside the caller's transaction; the caller tells the feed of its events after the commit.</summary>
    internal async Task<(Run Run, IReadOnlyList<RunEventView> Events)> QueueAsync(CatalogContext context, Actor actor, Owner owner, RunSubmission submission, CancellationToken cancel)
    {
        Check(submission);
        await RequireTargetAsync(context, actor, submission, cancel);
        var run = await MakeAsync(context, actor, owner, submission, cancel);
        context.Runs.Add(run);
        await context.SaveChangesAsync(cancel);
        await AddDependenciesAsync(context, actor, run, submission.After, cancel);
        var log = new RunLogWriter(context, run, time.GetUtcNow());
        log.Add(RunEventKinds.State, """{"event":"state","state":"queued"}""");
        AuditLog.Add(context, actor, "run.start", $"run {run.Id}", $"{run.Name}, under {owner.Name}", time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        return (run, log.Added);
    }

    public Task<RunView> CancelAsync(Actor actor, long id, CancellationToken cancel) => WishAsync(actor, id, RunDeed.Cancel, "cancel", cancel);

    public Task<RunView> PauseAsync(Actor actor, long id, CancellationToken cancel) => WishAsync(actor, id, RunDeed.Pause, "pause", cancel);

    public Task<RunView> ResumeAsync(Actor actor, long id, CancellationToken cancel) => WishAsync(actor, id, RunDeed.Resume, "resume", cancel);

    /// <summary>Queues a failed or cancelled run once more; it goes on from its last checkpoint.</summary>
    public Task<RunView> RetryAsync(Actor actor, long id, CancellationToken cancel) => WishAsync(actor, id, RunDeed.Retry, "retry", cancel);

    /// <summary>Which of a person's waiting runs comes first: the greater number.</summary>
    public async Task<RunView> SetPriorityAsync(Actor actor, long id, int priority, CancellationToken cancel)
    {
        if (Math.Abs(priority) > 1000)
            throw new CatalogException(CatalogFault.Invalid, "A priority is from -1000 to 1000; 0 is usual.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var run = await RunAccess.RequireActableAsync(context, actor, id, "set the priority of", cancel);
        run.Priority = priority;
        await context.SaveChangesAsync(cancel);
        feed.Publish(id, []);
        return RunView.Of(run);
    }

    private async Task<RunView> WishAsync(Actor actor, long id, RunDeed deed, string word, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var run = await RunAccess.RequireActableAsync(context, actor, id, word, cancel);
        if (RunStates.IsFulfilled(run.State, deed))
            return RunView.Of(run);
        var now = time.GetUtcNow();
        var log = new RunLogWriter(context, run, now);
        log.Apply(deed, null);
        if (deed == RunDeed.Retry)
            run.LostLeases = 0;
        AuditLog.Add(context, actor, $"run.{word}", $"run {id}", null, now);
        var others = deed == RunDeed.Cancel && run.State == RunState.Cancelled ? await RunDependents.CancelAsync(context, run, now, cancel) : [];
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        feed.Publish(id, log.Added);
        foreach (var (other, events) in others)
            feed.Publish(other, events);
        feed.Wake();
        return RunView.Of(run);
    }

    private static void Check(RunSubmission submission)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(submission.Name) || submission.Name.Length > LongestName || submission.Name.Any(char.IsControl))
            problems.Add($"A run has a name of 1 to {LongestName} characters.");
        if (submission.RequestKey is { } key && (key.Length is 0 or > LongestKey || key.Any(char.IsControl)))
            problems.Add($"The key of a request has 1 to {LongestKey} characters.");
        if (submission.SpecJson.Length > LongestSpec)
            problems.Add($"A spec has at most {ByteText.Of(LongestSpec)}.");
        if (submission.Kind == RunKind.Blend ? submission.Adapters.Count == 0 : submission.Texts.Count == 0)
            problems.Add(submission.Kind == RunKind.Blend ? "A blend has at least one adapter." : "A run reads at least one text.");
        if (submission.After.Count > MostAfter)
            problems.Add($"A run comes after at most {MostAfter} others.");
        if (submission.Kind == RunKind.Train && submission.Target is null)
            problems.Add("Say under which name the adapter is published: owner/name.");
        if (problems.Count > 0)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
    }

    private static async Task<Run?> FindAskedBeforeAsync(CatalogContext context, Owner owner, RunSubmission submission, CancellationToken cancel)
    {
        if (submission.RequestKey is not { } key)
            return null;
        var before = await context.Runs.Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker)
            .SingleOrDefaultAsync(r => r.OwnerId == owner.Id && r.RequestKey == key, cancel);
        if (before is not null && (before.SpecJson != submission.SpecJson || before.Target != submission.Target?.ToString() || !await HasFollowerAsync(context, before.Id, submission, cancel)))
            throw new CatalogException(CatalogFault.Conflict, $"The key \"{key}\" started run {before.Id}, which is another one. Give each request a key of its own.");
        return before;
    }

    /// <summary>Whether what the submission has come after its run came after that one.</summary>
    private static async Task<bool> HasFollowerAsync(CatalogContext context, long id, RunSubmission submission, CancellationToken cancel)
    {
        if (submission.Then is not { } then)
            return true;
        var wanted = then(id).SpecJson;
        return await context.RunDependencies.AnyAsync(d => d.AfterId == id && context.Runs.Any(r => r.Id == d.RunId && r.SpecJson == wanted), cancel);
    }

    internal async Task RequireRoomAsync(CatalogContext context, Owner owner, int more, CancellationToken cancel)
    {
        var unfinished = await context.Runs.CountAsync(r => r.OwnerId == owner.Id && r.State < RunState.Succeeded, cancel);
        if (unfinished + more > limits.UnfinishedPerOwner)
            throw new CatalogException(CatalogFault.QuotaExceeded, $"{owner.Name} has {unfinished} runs that have not ended, and {limits.UnfinishedPerOwner} are allowed. Wait for some, or cancel them.");
    }

    /// <summary>Told before hours of training rather than after.</summary>
    private static async Task RequireTargetAsync(CatalogContext context, Actor actor, RunSubmission submission, CancellationToken cancel)
    {
        if (submission.Target is not { } target)
            return;
        var there = await RepositoryAccess.FindRowAsync(context, target, cancel);
        if (there is null)
        {
            await RepositoryCatalog.RequireOwnerAsync(context, actor, target.Owner, cancel);
            return;
        }

        await RepositoryAccess.RequireAsync(context, actor, target, AccessRole.Writer, "publish to", cancel);
        if (there.Kind != RepositoryKind.Adapter || there.DeletedAt is not null)
            throw new CatalogException(CatalogFault.Invalid, $"{target} is no repository of an adapter, or lies in the trash. Choose another name.");
        // A new revision does not change who sees what is there.
        if (submission.IsPublic && there.Visibility != RepositoryVisibility.Public)
            throw new CatalogException(CatalogFault.Invalid, $"{target} is there already and is not public, so the run cannot be: nobody else would see it once the adapter is published there. Make {target} public, choose another name, or start the run without making it public.");
    }

    private async Task<Run> MakeAsync(CatalogContext context, Actor actor, Owner owner, RunSubmission submission, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var run = new Run
        {
            OwnerId = owner.Id, Owner = owner, UserId = actor.UserId, Name = submission.Name.Trim(), Kind = submission.Kind, State = RunState.Queued,
            IsPublic = submission.IsPublic, Priority = Math.Clamp(submission.Priority, -1000, 1000), RequestKey = submission.RequestKey,
            SpecJson = submission.SpecJson, BaseReference = submission.Base, NeedsGpu = submission.NeedsGpu, Target = submission.Target?.ToString(),
            TargetVisibility = submission.TargetVisibility, CreatedAt = now, QueuedAt = now,
        };
        var references = new RunReferences(context, actor, owner.Id);
        if (submission is not { Kind: RunKind.Blend, Base: "" })
            await references.AddBaseAsync(run, submission.Base, cancel);
        foreach (var adapter in submission.Adapters)
            await references.AddAdapterAsync(run, adapter, submission.After, cancel);
        foreach (var text in submission.Texts)
            await references.AddTextAsync(run, text, cancel);
        if (run.IsPublic)
            await RequirePublicAsync(context, run, cancel);
        return run;
    }

    private static async Task RequirePublicAsync(CatalogContext context, Run run, CancellationToken cancel)
    {
        // What another run is still to publish is judged when it is there: until then only those who may act on the run see it.
        foreach (var source in run.Sources.Where(source => !RunResults.IsAwaited(source)))
        {
            if (source.RepositoryId is not { } id || !await context.Repositories.AnyAsync(r => r.Id == id && r.Visibility == RepositoryVisibility.Public && r.DeletedAt == null, cancel))
                throw new CatalogException(CatalogFault.Invalid, $"{source.Reference} is not public, so the run cannot be: it shows samples and settings. Leave it to those who may write under its owner.");
        }

        var isNew = run.Target is { } target && await RepositoryAccess.FindRowAsync(context, RepositoryName.Parse(target), cancel) is null;
        if (isNew && run.TargetVisibility != RepositoryVisibility.Public)
            throw new CatalogException(CatalogFault.Invalid, "A public run publishes a public adapter. Make the adapter public, or the run not.");
    }

    private static async Task AddDependenciesAsync(CatalogContext context, Actor actor, Run run, IReadOnlyList<long> after, CancellationToken cancel)
    {
        foreach (var id in after.Distinct())
        {
            var other = await RunAccess.RequireVisibleAsync(context, actor, id, cancel);
            if (other.State is RunState.Failed or RunState.Cancelled)
                throw new CatalogException(CatalogFault.Conflict, $"Run {id} is {RunStates.Word(other.State)}, so nothing can come after it. Try it again first.");
            context.RunDependencies.Add(new RunDependency { RunId = run.Id, AfterId = id });
        }
    }
}
