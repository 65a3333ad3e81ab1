using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// Finds repositories. Words are looked up in the database's index; everything else (filters, counts, orders) is computed from a snapshot of all rows in
/// memory, some 200 bytes each, which every call first brings up to the last committed change. What an actor may not see is in no result and in no count.
/// </summary>
public sealed class SearchService(CatalogReadContexts contexts) : IDisposable
{
    /// <summary>Values of a facet on a page; <see cref="FacetAsync"/> gives the others.</summary>
    public const int FacetLength = 12;

    private readonly CatalogSnapshots _snapshots = new();

    /// <summary>Reads the snapshot for the first time, so that the first visitor need not wait for it.</summary>
    public async Task WarmAsync(CancellationToken cancel)
    {
        await using var look = await LookAsync(Actor.Anonymous, cancel);
        _ = look.Snapshot.PublicTally;
    }

    public async Task<SearchPage> SearchAsync(Actor actor, SearchQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var look = await LookAsync(actor, cancel);
        var sort = query.EffectiveSort;
        using var matches = TextMatches.Find(look.Context, query.Text, sort == SearchSort.Relevance);
        var order = new SearchOrder(sort, sort == SearchSort.Relevance ? new Relevance(query.Text, matches, look.Snapshot.Vocabulary) : null);
        var collector = new PageCollector(order, order.Boundary(query.After, look.Snapshot), Math.Clamp(query.Size, 1, SearchQuery.LargestSize));
        var results = new SearchResults(look, query, matches, collector);
        var page = collector.Page();
        var items = await CardReader.ReadAsync(look.Context, actor, [.. page.Select(row => row.Id)], look.NameOf, cancel);
        var next = page.Count > 0 && collector.Offset + page.Count < collector.Total ? order.Cursor(page[^1]) : null;
        return new SearchPage(items, collector.Total, collector.Offset, next, FacetLists.Of(results.Tally, look.Snapshot.Vocabulary, query, FacetLength));
    }

    /// <summary>More values of one facet of a search than its page shows.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="query">The search.</param>
    /// <param name="facet">Which facet.</param>
    /// <param name="part">Only values that contain this; blank for all.</param>
    /// <param name="longest">How many at most, beside chosen ones.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<FacetCounts> FacetAsync(Actor actor, SearchQuery query, Facet facet, string? part, int longest, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var look = await LookAsync(actor, cancel);
        using var matches = TextMatches.Find(look.Context, query.Text, scored: false);
        var results = new SearchResults(look, query, matches, null);
        return FacetLists.Of(results.Tally, look.Snapshot.Vocabulary, query, facet, part?.Trim() ?? "", Math.Max(1, longest));
    }

    public void Dispose() => _snapshots.Dispose();

    private Task<CatalogLook> LookAsync(Actor actor, CancellationToken cancel) => CatalogLook.OpenAsync(contexts, _snapshots, actor, cancel);
}
