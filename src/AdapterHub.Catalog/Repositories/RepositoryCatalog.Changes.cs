using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Repositories;

public sealed partial class RepositoryCatalog
{
    /// <summary>Gives the repository another name or owner; the old name leads to the new one until it is taken.</summary>
    public Task<RepositoryView> MoveAsync(Actor actor, RepositoryName name, RepositoryName target, CancellationToken cancel) =>
        ChangeAsync(actor, name, "move", "repository.move", async (context, row) =>
        {
            var old = RepositoryName.Of(row.Owner.Name, row.Name);
            if (old == target)
                return null;
            var renamesCase = string.Equals(old.ToString(), target.ToString(), StringComparison.OrdinalIgnoreCase);
            if (!renamesCase)
            {
                var owner = await RequireOwnerAsync(context, actor, target.Owner, cancel);
                await RequireFreeAsync(context, owner, target, cancel);
                if (owner.Id != row.OwnerId)
                    await OwnerQuota.RequireRoomForAsync(context, owner, row.Id, await limits(cancel), cancel);
                context.Redirects.Add(new RepositoryRedirect { OwnerName = old.Owner, Name = old.Name, RepositoryId = row.Id });
                row.Owner = owner;
            }

            row.Name = target.Name;
            return $"to {target}";
        }, cancel);

    public Task<RepositoryView> SetVisibilityAsync(Actor actor, RepositoryName name, RepositoryVisibility visibility, CancellationToken cancel) =>
        ChangeAsync(actor, name, "change who sees", "repository.visibility", (_, row) =>
        {
            var before = row.Visibility;
            row.Visibility = visibility;
            return Task.FromResult(before == visibility ? null : $"{before} to {visibility}");
        }, cancel);

    /// <summary>Puts it into the trash: nobody but its owners finds it there, and <see cref="RestoreAsync"/> brings it back whole.</summary>
    public Task<RepositoryView> TrashAsync(Actor actor, RepositoryName name, CancellationToken cancel) =>
        ChangeAsync(actor, name, "delete", "repository.trash", (_, row) =>
        {
            if (row.DeletedAt is not null)
                return Task.FromResult<string?>(null);
            row.DeletedAt = time.GetUtcNow();
            return Task.FromResult<string?>("");
        }, cancel);

    public Task<RepositoryView> RestoreAsync(Actor actor, RepositoryName name, CancellationToken cancel) =>
        ChangeAsync(actor, name, "restore", "repository.restore", (_, row) =>
        {
            var before = row.DeletedAt;
            row.DeletedAt = null;
            return Task.FromResult(before is null ? null : "");
        }, cancel);

    /// <summary>Deletes a repository that lies in the trash, for good. Its blobs are collected later, unless others use them.</summary>
    public async Task PurgeAsync(Actor actor, RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Owner, "delete", cancel);
        if (row.DeletedAt is null)
            throw new CatalogException(CatalogFault.Conflict, $"{name} is not in the trash. Move it there first; only then can it be deleted for good.");
        await context.References.Where(r => r.RepositoryId == row.Id).ExecuteDeleteAsync(cancel);
        await context.Commits.Where(c => c.RepositoryId == row.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.ParentKey, (long?)null), cancel);
        await context.Commits.Where(c => c.RepositoryId == row.Id).ExecuteDeleteAsync(cancel);
        await context.DownloadDays.Where(day => day.RepositoryId == row.Id).ExecuteDeleteAsync(cancel);
        context.Repositories.Remove(row);
        AuditLog.Add(context, actor, "repository.purge", name.ToString(), null, time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>What lies in the trash of owners whose owner the actor is, newest first.</summary>
    public async Task<IReadOnlyList<RepositoryView>> ListTrashAsync(Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.IsSignedIn)
            return [];
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var rows = await context.Repositories.Include(r => r.Owner).Where(r => r.DeletedAt != null
                && (context.Users.Any(u => u.Id == actor.UserId && u.OwnerId == r.OwnerId)
                    || context.Memberships.Any(m => m.UserId == actor.UserId && m.OrganizationId == r.OwnerId && m.Role == AccessRole.Owner)))
            .OrderByDescending(r => r.DeletedAt).ToListAsync(cancel);
        var views = new List<RepositoryView>(rows.Count);
        foreach (var row in rows)
            views.Add(await ViewAsync(context, actor, row, AccessRole.Owner, RepositoryName.Of(row.Owner.Name, row.Name), cancel));
        return views;
    }

    /// <summary>Likes or unlikes; liking twice is liking once.</summary>
    public async Task SetLikeAsync(Actor actor, RepositoryName name, bool liked, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.UserId is not { } user)
            throw new CatalogException(CatalogFault.SignInRequired, $"Sign in to like {name}.");
        actor.RequireWrite($"like {name}");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Reader, "like", cancel);
        if (liked)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT OR IGNORE INTO Likes (RepositoryId, UserId, At) VALUES ({row.Id}, {user}, {time.GetUtcNow().ToUnixTimeMilliseconds()})", cancel);
        }
        else
        {
            await context.Likes.Where(like => like.RepositoryId == row.Id && like.UserId == user).ExecuteDeleteAsync(cancel);
        }

        await context.Database.ExecuteSqlAsync(
            $"UPDATE Repositories SET Likes = (SELECT count(*) FROM Likes WHERE RepositoryId = {row.Id}) WHERE Id = {row.Id}", cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Counts one download, today.</summary>
    public async Task CountDownloadAsync(long repositoryId, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var day = (int)(time.GetUtcNow().ToUnixTimeSeconds() / 86_400);
        await context.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO DownloadDays (RepositoryId, Day, Count) VALUES ({repositoryId}, {day}, 1) ON CONFLICT (RepositoryId, Day) DO UPDATE SET Count = Count + 1;
             UPDATE Repositories SET Downloads = Downloads + 1 WHERE Id = {repositoryId}
             """, cancel);
    }

    /// <summary>The people with a role in this repository of their own, beside its owner's.</summary>
    public async Task<IReadOnlyList<(string UserName, AccessRole Role)>> ListCollaboratorsAsync(Actor actor, RepositoryName name, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Owner, "see who may use", cancel);
        var found = await context.Collaborators.Where(c => c.RepositoryId == row.Id).OrderBy(c => c.User.UserName)
            .Select(c => new { c.User.UserName, c.Role }).ToListAsync(cancel);
        return [.. found.Select(c => (c.UserName!, c.Role))];
    }

    /// <summary>Gives a person a role in the repository; <see cref="AccessRole.None"/> takes it away.</summary>
    public Task<RepositoryView> SetCollaboratorAsync(Actor actor, RepositoryName name, string userName, AccessRole role, CancellationToken cancel) =>
        ChangeAsync(actor, name, "share", "repository.share", async (context, row) =>
        {
            var user = await context.Users.SingleOrDefaultAsync(u => u.Owner.Name == userName, cancel)
                ?? throw new CatalogException(CatalogFault.Invalid, $"There is no user \"{userName}\" here. Check the spelling.");
            var existing = await context.Collaborators.SingleOrDefaultAsync(c => c.RepositoryId == row.Id && c.UserId == user.Id, cancel);
            if (role == AccessRole.None)
            {
                if (existing is not null)
                    context.Collaborators.Remove(existing);
            }
            else if (existing is not null)
            {
                existing.Role = role;
            }
            else
            {
                context.Collaborators.Add(new Collaborator { RepositoryId = row.Id, UserId = user.Id, Role = role });
            }

            return string.Create(CultureInfo.InvariantCulture, $"{userName}: {role}");
        }, cancel);

    /// <summary>One change by an owner of the repository, with its audit entry. <paramref name="change"/> returns the details, or null for no change.</summary>
    private async Task<RepositoryView> ChangeAsync(Actor actor, RepositoryName name, string deed, string action,
        Func<CatalogContext, Repository, Task<string?>> change, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var row = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Owner, deed, cancel);
        if (await change(context, row) is { } details)
        {
            row.UpdatedAt = time.GetUtcNow();
            AuditLog.Add(context, actor, action, name.ToString(), details.Length > 0 ? details : null, time.GetUtcNow());
            await SaveAsync(context, RepositoryName.Of(row.Owner.Name, row.Name), cancel);
            await SearchIndex.UpdateAsync(context, row.Id, cancel);
        }

        await transaction.CommitAsync(cancel);
        return await ViewAsync(context, actor, row, AccessRole.Owner, RepositoryName.Of(row.Owner.Name, row.Name), cancel);
    }
}
