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
        var order = new SearchOrder(query.EffectiveSort);
        var results = await ResultsAsync(look, query, cancel);
        var size = Math.Clamp(query.Size, 1, SearchQuery.LargestSize);
        var (page, offset) = order.Page(results.Hits, query.After, size);
        var items = await CardReader.ReadAsync(look.Context, actor, [.. page.Select(hit => hit.Row.Id)], look.NameOf, cancel);
        var next = offset + page.Count < results.Hits.Count ? order.Cursor(page[^1]) : null;
        return new SearchPage(items, results.Hits.Count, offset, next,
            FacetLists.Of(results.Tally, look.Snapshot.Vocabulary, query, FacetLength));
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
        var results = await ResultsAsync(look, query, cancel);
        return FacetLists.Of(results.Tally, look.Snapshot.Vocabulary, query, facet, part?.Trim() ?? "", Math.Max(1, longest));
    }

    public void Dispose() => _snapshots.Dispose();

    private static async Task<SearchResults> ResultsAsync(CatalogLook look, SearchQuery query, CancellationToken cancel)
    {
        var matches = await TextMatches.FindAsync(look.Context, query.Text, query.EffectiveSort == SearchSort.Relevance, cancel);
        return new SearchResults(look.Snapshot, look.Visible, query, matches);
    }

    private Task<CatalogLook> LookAsync(Actor actor, CancellationToken cancel) => CatalogLook.OpenAsync(contexts, _snapshots, actor, cancel);
}
