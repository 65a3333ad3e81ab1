using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// The one place that says who sees a run and who may act on it: those who may write under its owner's name. Others see it only if it was marked
/// public and every repository that it reads, and the one that it wrote, is public still. Readers of an organisation are others here: a run shows
/// samples and settings of work under way.
/// </summary>
public static class RunAccess
{
    public static IQueryable<Run> Visible(CatalogContext context, Actor actor)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.IsAdministrator)
            return context.Runs;
        var open = context.Runs.Where(r => r.IsPublic
            && !context.RunSources.Any(s => s.RunId == r.Id && (s.Repository == null || s.Repository.Visibility != RepositoryVisibility.Public || s.Repository.DeletedAt != null))
            && (r.ResultRepository == null || (r.ResultRepository.Visibility == RepositoryVisibility.Public && r.ResultRepository.DeletedAt == null)));
        if (actor.UserId is not { } user)
            return open;
        return context.Runs.Where(r => open.Any(seen => seen.Id == r.Id)
            || context.Users.Any(u => u.Id == user && u.OwnerId == r.OwnerId)
            || context.Memberships.Any(m => m.UserId == user && m.OrganizationId == r.OwnerId && m.Role >= AccessRole.Writer));
    }

    /// <summary>Throws NotFound where the actor may not see it.</summary>
    public static async Task<Run> RequireVisibleAsync(CatalogContext context, Actor actor, long id, CancellationToken cancel) =>
        await Visible(context, actor).Include(r => r.Owner).Include(r => r.User).Include(r => r.Worker).SingleOrDefaultAsync(r => r.Id == id, cancel)
        ?? throw CatalogException.NotFound($"The run {id}");

    /// <summary>For a change: NotFound, SignInRequired or Forbidden unless the actor may write under its owner's name.</summary>
    public static async Task<Run> RequireActableAsync(CatalogContext context, Actor actor, long id, string deed, CancellationToken cancel)
    {
        var run = await RequireVisibleAsync(context, actor, id, cancel);
        actor.RequireWrite($"{deed} run {id}");
        return await CanActAsync(context, actor, run, cancel) ? run
            : throw new CatalogException(CatalogFault.Forbidden, $"You may not {deed} run {id}: it belongs to {run.Owner.Name}.");
    }

    public static async Task<bool> CanActAsync(CatalogContext context, Actor actor, Run run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(run);
        return actor.CanWrite && await RepositoryAccess.OwnerRoleAsync(context, actor, run.OwnerId, cancel) >= AccessRole.Writer;
    }
}
