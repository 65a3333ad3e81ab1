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
        var items = await CardReader.ReadAsync(look, actor, [.. page.Select(row => row.Id)], cancel);
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

    /// <summary>At most eight things that a text being typed may mean; repositories first.</summary>
    public async Task<IReadOnlyList<Suggestion>> SuggestAsync(Actor actor, string? text, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > SearchQuery.LongestText)
            return [];
        await using var look = await LookAsync(actor, cancel);
        return SuggestionFinder.Find(look, text);
    }

    /// <summary>Repositories that hold a file with this SHA-256 in any revision; the current ones first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="digest">Hex, with or without <c>sha256:</c>; its first ten digits are enough.</param>
    /// <param name="most">How many files at most.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="CatalogException">Invalid when that is no digest.</exception>
    public async Task<IReadOnlyList<FileHolder>> FindByDigestAsync(Actor actor, string digest, int most, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!FileDigest.TryParse(digest, out var digits))
        {
            throw new CatalogException(CatalogFault.Invalid,
                $"\"{digest}\" is no SHA-256: give its 64 hexadecimal digits, or at least the first {FileDigest.ShortestPrefix}.");
        }

        await using var context = contexts.CreateDbContext();
        return await FileHolders.ReadAsync(context, actor, digits, Math.Clamp(most, 1, SearchQuery.LargestSize), cancel);
    }

    /// <summary>Tags with the number of repositories that carry them, the most frequent first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="part">Only tags that contain this; blank for all.</param>
    /// <param name="longest">How many at most.</param>
    /// <param name="cancel">Stops it.</param>
    public Task<FacetCounts> ListTagsAsync(Actor actor, string? part, int longest, CancellationToken cancel) =>
        FacetAsync(actor, SearchQuery.Everything, Facet.Tag, part, longest, cancel);

    /// <summary>What carries a tag; null when nothing does that the actor sees.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="tag">In any case.</param>
    /// <param name="query">Narrows and orders the results.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<TagPage?> TagPageAsync(Actor actor, string tag, SearchQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        string written;
        await using (var look = await LookAsync(actor, cancel))
        {
            var tags = look.Snapshot.Vocabulary[Facet.Tag];
            if (tags.Find(tag) is var code && (code < 0 || code >= look.Tally[Facet.Tag].Length || look.Tally[Facet.Tag][code] == 0))
                return null;
            written = tags[code];
        }

        var results = await SearchAsync(actor, query with { Tags = [.. query.Tags.Append(written).Distinct(StringComparer.OrdinalIgnoreCase)] }, cancel);
        return new TagPage(written, [.. results[Facet.Tag].Values.Where(value => !value.Selected)], results);
    }

    /// <summary>Owners of what the actor sees, those with the most repositories first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="part">Only names that contain this; blank for all.</param>
    /// <param name="skip">How many to leave out.</param>
    /// <param name="take">How many to give.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<ListPart<OwnerCard>> ListOwnersAsync(Actor actor, string? part, int skip, int take, CancellationToken cancel)
    {
        await using var look = await LookAsync(actor, cancel);
        return await OwnerLists.ReadAsync(look, part?.Trim() ?? "", skip, take, cancel);
    }

    /// <summary>Base models that adapters name, in this hub or not, those with the most adapters first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="part">Only names that contain this; blank for all.</param>
    /// <param name="skip">How many to leave out.</param>
    /// <param name="take">How many to give.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<ListPart<BaseModelCard>> ListBaseModelsAsync(Actor actor, string? part, int skip, int take, CancellationToken cancel)
    {
        await using var look = await LookAsync(actor, cancel);
        return await BaseModelLists.ReadAsync(look, actor, part?.Trim() ?? "", skip, take, cancel);
    }

    public void Dispose() => _snapshots.Dispose();

    private Task<CatalogLook> LookAsync(Actor actor, CancellationToken cancel) => CatalogLook.OpenAsync(contexts, _snapshots, actor, cancel);
}
