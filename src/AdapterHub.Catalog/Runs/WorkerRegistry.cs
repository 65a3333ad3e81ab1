using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>Which worker asks. It is no person: its token opens what workers do and nothing else.</summary>
public sealed record WorkerIdentity(long Id, string Name);

/// <param name="RunId">What it works at, if the reader may know.</param>
public sealed record WorkerView(
    long Id, string Name, string Ending, DateTimeOffset CreatedAt, DateTimeOffset? LastSeenAt, bool IsRevoked,
    string? Device, bool HasGpu, long? MemoryBytes, string? Version, long? RunId);

/// <param name="Token">Shown this once.</param>
public sealed record NewWorker(string Token, WorkerView View);

/// <summary>Workers and their tokens.</summary>
public sealed class WorkerRegistry(IDbContextFactory<CatalogContext> contexts, RunFeed feed, TimeProvider time)
{
    /// <summary>Another one than that of people's tokens, so that neither is ever taken for the other.</summary>
    public const string Prefix = "ahw_";

    /// <summary>The worker that the hub itself starts.</summary>
    public const string Local = "local";

    /// <summary>Makes a token for a worker. Administrators only.</summary>
    public async Task<NewWorker> CreateAsync(Actor actor, string name, CancellationToken cancel)
    {
        actor.RequireAdministrator("make worker tokens");
        if (!Repositories.RepositoryName.IsValidPart(name) || string.Equals(name, Local, StringComparison.OrdinalIgnoreCase))
            throw new CatalogException(CatalogFault.Invalid, $"\"{name}\" is no name for a worker: 1 to 96 letters, digits, '-', '_' or '.', and not \"{Local}\", which is the hub's own.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (await context.Workers.AnyAsync(w => w.Name == name && w.RevokedAt == null, cancel))
            throw new CatalogException(CatalogFault.Conflict, $"There is a worker \"{name}\". Give this one another name, or revoke that one.");
        AuditLog.Add(context, actor, "worker.create", name, null, time.GetUtcNow());
        return await IssueAsync(context, name, cancel);
    }

    /// <summary>A new token for the hub's own worker; the one before is no good any more.</summary>
    public async Task<string> IssueLocalAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return (await IssueAsync(context, Local, cancel)).Token;
    }

    /// <summary>Its token is refused from now on, and what it works at goes to another.</summary>
    public async Task RevokeAsync(Actor actor, long id, CancellationToken cancel)
    {
        actor.RequireAdministrator("revoke workers");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var worker = await context.Workers.SingleOrDefaultAsync(w => w.Id == id && w.RevokedAt == null, cancel) ?? throw CatalogException.NotFound($"The worker {id}");
        var now = time.GetUtcNow();
        worker.RevokedAt = now;
        await context.Runs.Where(r => r.WorkerId == id && r.LeaseExpiresAt != null).ExecuteUpdateAsync(set => set.SetProperty(r => r.LeaseExpiresAt, now), cancel);
        AuditLog.Add(context, actor, "worker.revoke", worker.Name, null, now);
        await context.SaveChangesAsync(cancel);
        feed.Wake();
    }

    /// <summary>For those signed in.</summary>
    public async Task<IReadOnlyList<WorkerView>> ListAsync(Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.IsSignedIn && !actor.IsAdministrator)
            throw new CatalogException(CatalogFault.SignInRequired, "Sign in to see the workers.");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var visible = RunAccess.Visible(context, actor).Where(r => r.State == RunState.Running || r.State == RunState.Pausing || r.State == RunState.Cancelling);
        var rows = await context.Workers.AsNoTracking().Where(w => w.RevokedAt == null).OrderBy(w => w.Name)
            .Select(w => new { Worker = w, RunId = visible.Where(r => r.WorkerId == w.Id).OrderBy(r => r.Id).Select(r => (long?)r.Id).FirstOrDefault() }).ToListAsync(cancel);
        return rows.ConvertAll(row => View(row.Worker, row.RunId));
    }

    /// <summary>Null for anything but a token that is in force.</summary>
    public async Task<WorkerIdentity?> FindAsync(string? token, CancellationToken cancel)
    {
        if (token is null || !token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length != Prefix.Length + SecretKey.Length)
            return null;
        var hash = SecretKey.HashOf(token);
        var now = time.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var found = await context.Workers.AsNoTracking().SingleOrDefaultAsync(w => w.TokenHash == hash && w.RevokedAt == null, cancel);
        if (found is null)
            return null;
        if (LastUse.IsDue(found.LastSeenAt, now))
            await LastUse.WriteAsync(context, () => context.Workers.Where(w => w.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(w => w.LastSeenAt, now), cancel));
        return new WorkerIdentity(found.Id, found.Name);
    }

    private async Task<NewWorker> IssueAsync(CatalogContext context, string name, CancellationToken cancel)
    {
        var token = Prefix + SecretKey.Create();
        var worker = await context.Workers.SingleOrDefaultAsync(w => w.Name == name, cancel);
        if (worker is null)
            context.Workers.Add(worker = new Worker { Name = name, TokenHash = "", Ending = "", CreatedAt = time.GetUtcNow() });
        (worker.TokenHash, worker.Ending, worker.RevokedAt) = (SecretKey.HashOf(token)!, token[^4..], null);
        await context.SaveChangesAsync(cancel);
        return new NewWorker(token, View(worker, null));
    }

    private static WorkerView View(Worker worker, long? runId) => new(
        worker.Id, worker.Name, worker.Ending, worker.CreatedAt, worker.LastSeenAt, worker.RevokedAt is not null,
        worker.Device, worker.HasGpu, worker.MemoryBytes, worker.Version, runId);
}
