using System.Collections.Concurrent;
using System.Security.Cryptography;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// Publications under way. A draft is on the server from its first file on, so a reload, another device, a broken connection or a restart loses
/// nothing that arrived. Only the person who began it sees it.
/// </summary>
public sealed partial class DraftDesk(
    CatalogPaths paths, IDbContextFactory<CatalogContext> contexts, BlobStore store, Publisher publisher, RevisionChecks checks,
    StorageLimitsSource limits, CatalogChanges changes, TimeProvider time) : IDisposable
{
    /// <summary>Open drafts of one person.</summary>
    public const int MostDrafts = 100;

    /// <summary>The file that a card is.</summary>
    public const string CardFile = "README.md";

    /// <summary>Characters of a card; a longer README.md comes as a file.</summary>
    public const int LongestCard = 1_000_000;

    private readonly ConcurrentDictionary<string, FileReception> _receptions = new(StringComparer.Ordinal);

    public async Task<DraftView> CreateAsync(Actor actor, DraftTarget target, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(target);
        var user = RequireUser(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (await context.Drafts.CountAsync(draft => draft.UserId == user, cancel) >= MostDrafts)
            throw new CatalogException(CatalogFault.Conflict, $"You have {MostDrafts} drafts. Publish some or throw them away first.");
        var now = time.GetUtcNow();
        var draft = new Draft { Id = NewId(), UserId = user, CreatedAt = now, UpdatedAt = now };
        await AimAsync(context, actor, draft, target, cancel);
        context.Drafts.Add(draft);
        await context.SaveChangesAsync(cancel);
        return View(draft);
    }

    /// <summary>The actor's drafts, the one touched last first.</summary>
    public async Task<IReadOnlyList<DraftView>> ListAsync(Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var drafts = await context.Drafts.AsNoTracking().Include(draft => draft.Files).Include(draft => draft.Repository!.Owner).Where(draft => draft.UserId == actor.UserId)
            .OrderByDescending(draft => draft.UpdatedAt).ToListAsync(cancel);
        return [.. drafts.Select(View)];
    }

    /// <exception cref="CatalogException">NotFound: there is none of that id, or it is another person's.</exception>
    public async Task<DraftView> GetAsync(Actor actor, string draftId, CancellationToken cancel = default)
    {
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            var draft = await RequireAsync(context, actor, draftId, cancel);
            if (!await CompleteLeftAsync(actor, draft.Files))
                return View(draft);
        }
    }

    /// <summary>Chooses where it is published and as what.</summary>
    public Task<DraftView> SetTargetAsync(Actor actor, string draftId, DraftTarget target, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return ChangeAsync(actor, draftId, (context, draft) => AimAsync(context, actor, draft, target, cancel), cancel);
    }

    /// <summary>Keeps README.md as edited; null goes back to the file that came, or to the card that is drafted.</summary>
    public Task<DraftView> SetCardAsync(Actor actor, string draftId, string? card, CancellationToken cancel = default)
    {
        if (card?.Length > LongestCard)
            throw new CatalogException(CatalogFault.TooLarge, $"The card has {card.Length} characters, and {LongestCard} are allowed.");
        return ChangeAsync(actor, draftId, (_, draft) =>
        {
            draft.Card = card;
            return Task.CompletedTask;
        }, cancel);
    }

    /// <summary>Throws the draft away, with what arrived.</summary>
    public async Task CancelAsync(Actor actor, string draftId, CancellationToken cancel = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var draft = await RequireAsync(context, actor, draftId, cancel);
        context.Drafts.Remove(draft);
        await context.SaveChangesAsync(cancel);
        foreach (var file in draft.Files)
            Forget(file.Id);
        Tell(draft);
    }

    public void Dispose()
    {
        foreach (var reception in _receptions.Values)
            reception.Dispose();
    }

    private static long RequireUser(Actor actor)
    {
        actor.RequireWrite("publish");
        return actor.UserId ?? throw new CatalogException(CatalogFault.SignInRequired, "Sign in to publish.");
    }

    private static async Task<Draft> RequireAsync(CatalogContext context, Actor actor, string draftId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var user = RequireUser(actor);
        return await context.Drafts.Include(draft => draft.Files).Include(draft => draft.Repository!.Owner)
            .SingleOrDefaultAsync(draft => draft.Id == draftId && draft.UserId == user, cancel)
            ?? throw CatalogException.NotFound("This draft");
    }

    /// <summary>One change of a draft by its owner, which also renews its time.</summary>
    private async Task<DraftView> ChangeAsync(Actor actor, string draftId, Func<CatalogContext, Draft, Task> change, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var draft = await RequireAsync(context, actor, draftId, cancel);
        await change(context, draft);
        draft.UpdatedAt = time.GetUtcNow();
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        Tell(draft);
        return View(draft);
    }

    private static async Task AimAsync(CatalogContext context, Actor actor, Draft draft, DraftTarget target, CancellationToken cancel)
    {
        draft.Kind = target.Kind ?? draft.Kind;
        draft.Visibility = target.Visibility ?? draft.Visibility;
        if (target.Name is not { } name)
            return;
        var existing = await RepositoryAccess.FindRowAsync(context, name, cancel);
        if (existing is not null && await RepositoryAccess.RoleAsync(context, actor, existing, cancel) != AccessRole.None)
        {
            existing = await RepositoryAccess.RequireAsync(context, actor, name, AccessRole.Writer, "publish to", cancel);
            draft.Repository = existing;
            (draft.RepositoryId, draft.OwnerName, draft.Name) = (existing.Id, existing.Owner.Name, existing.Name);
            (draft.Kind, draft.Visibility) = (existing.Kind, existing.Visibility);
            return;
        }

        var owner = await RepositoryCatalog.RequireOwnerAsync(context, actor, name.Owner, cancel);
        draft.Repository = null;
        (draft.RepositoryId, draft.OwnerName, draft.Name) = (null, owner.Name, name.Name);
    }

    private DraftView View(Draft draft) => new()
    {
        Id = draft.Id,
        Name = NameOf(draft),
        IsRevision = draft.RepositoryId is not null,
        Kind = draft.Repository?.Kind ?? draft.Kind,
        Visibility = draft.Repository?.Visibility ?? draft.Visibility,
        Files = [.. draft.Files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(View)],
        Card = draft.Card,
        CreatedAt = draft.CreatedAt,
        UpdatedAt = draft.UpdatedAt,
    };

    /// <summary>An existing repository's name as it is now: it may have moved since the draft was begun.</summary>
    private static RepositoryName? NameOf(Draft draft) => draft.Repository is { } repository
        ? RepositoryName.Of(repository.Owner.Name, repository.Name)
        : RepositoryName.TryParse($"{draft.OwnerName}/{draft.Name}", out var name) ? name : null;

    private DraftFileView View(DraftFile file) =>
        new(file.Id, file.Path, file.Length, file.Digest is null ? FileReception.ReceivedOf(PathOf(file.Id)) : file.Length, file.Digest);

    /// <summary>Ids are made here and never taken from a request, so they are safe as names of files.</summary>
    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private string PathOf(string fileId) => Path.Combine(paths.Quarantine, fileId);

    private void Forget(string fileId)
    {
        if (_receptions.TryRemove(fileId, out var reception))
            reception.Dispose();
        File.Delete(PathOf(fileId));
    }

    private void Tell(Draft draft) => changes.Publish(new CatalogChange(CatalogChangeKind.Draft, draft.RepositoryId ?? 0, draft.Id));
}
