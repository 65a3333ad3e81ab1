using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Search;

/// <summary>The catalogue as one actor sees it at one moment.</summary>
internal sealed class CatalogLook : IAsyncDisposable
{
    private FacetTally? _tally;

    private CatalogLook(CatalogContext context, CatalogSnapshot snapshot, VisibleRows visible) =>
        (Context, Snapshot, Visible) = (context, snapshot, visible);

    internal CatalogContext Context { get; }

    internal CatalogSnapshot Snapshot { get; }

    internal VisibleRows Visible { get; }

    /// <summary>Counts of everything that the actor sees.</summary>
    internal FacetTally Tally => _tally ??= Visible.IsPublicOnly ? Snapshot.PublicTally : FacetTally.OfAll(Snapshot, Visible);

    internal static async Task<CatalogLook> OpenAsync(CatalogReadContexts contexts, CatalogSnapshots snapshots, Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var context = contexts.CreateDbContext();
        try
        {
            await context.Database.OpenConnectionAsync(cancel);
            var snapshot = await snapshots.CurrentAsync(context, cancel);
            return new CatalogLook(context, snapshot, await VisibleAsync(context, actor, cancel));
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>owner/name</c> of a repository; null when the actor does not see it.</summary>
    internal string? NameOf(long id) => Snapshot.Find(id) is { } row && Visible.Sees(row) ? $"{row.Owner}/{row.Name}" : null;

    /// <summary>How many adapters of a base model the actor sees; null for what is no base model.</summary>
    internal int? AdaptersOf(long id) => Snapshot.Find(id) is { OwnBaseCode: >= 0 } row ? Tally.Adapters(row.OwnBaseCode) : null;

    public ValueTask DisposeAsync() => Context.DisposeAsync();

    private static async Task<VisibleRows> VisibleAsync(CatalogContext context, Actor actor, CancellationToken cancel)
    {
        if (!actor.IsSignedIn && !actor.IsAdministrator)
            return VisibleRows.PublicOnly;
        return new VisibleRows([.. await HiddenQuery(context, actor).ToListAsync(cancel)]);
    }

    /// <summary>Ids of what is not public and that the actor may see all the same.</summary>
    internal static IQueryable<long> HiddenQuery(CatalogContext context, Actor actor) => RepositoryAccess.Listed(context, actor)
        .Where(repository => repository.Visibility != RepositoryVisibility.Public).Select(repository => repository.Id);
}
