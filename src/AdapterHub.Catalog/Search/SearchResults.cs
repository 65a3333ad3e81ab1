namespace AdapterHub.Catalog.Search;

/// <summary>One pass over the rows, or over those with the words of the text: counts every facet and offers every result to the page.</summary>
internal sealed class SearchResults
{
    private readonly CatalogLook _look;
    private readonly RowFilter _filter;
    private readonly PageCollector? _page;
    private readonly bool _counted;

    /// <param name="look">What the actor sees.</param>
    /// <param name="query">Whose facets narrow.</param>
    /// <param name="matches">What the query's text finds.</param>
    /// <param name="page">Gets the results; null when only counts are wanted.</param>
    internal SearchResults(CatalogLook look, SearchQuery query, TextMatches matches, PageCollector? page)
    {
        (_look, _page) = (look, page);
        _filter = new RowFilter(query, look.Snapshot.Vocabulary);
        _counted = matches is { Wanted: null, Unwanted.Count: 0 } && _filter.IsEmpty && look.Visible.IsPublicOnly;
        Tally = _counted ? look.Snapshot.PublicTally : new FacetTally(look.Snapshot.Vocabulary);
        if (matches.Wanted is { } wanted)
            ConsiderMatches(wanted.Ids, matches.Unwanted);
        else if (!_counted || _page is not null)
            ConsiderAll(matches.Unwanted);
    }

    internal FacetTally Tally { get; }

    private void ConsiderMatches(ReadOnlySpan<long> wanted, HashSet<long> unwanted)
    {
        foreach (var id in wanted)
        {
            // A match may be newer than the snapshot, in the trash or hidden.
            if (_look.Snapshot.Find(id) is { } row && _look.Visible.Sees(row) && !unwanted.Contains(id))
                Consider(row);
        }
    }

    private void ConsiderAll(HashSet<long> unwanted)
    {
        foreach (var chunk in _look.Snapshot.Chunks)
        {
            foreach (var row in chunk)
            {
                if (row is null || !_look.Visible.Sees(row) || unwanted.Contains(row.Id))
                    continue;
                if (_counted)
                    _page!.Offer(row);
                else
                    Consider(row);
            }
        }
    }

    private void Consider(SearchRow row)
    {
        var baseCode = _look.Visible.BaseOf(row, _look.Snapshot);
        switch (_filter.Misses(row, baseCode, out var missed))
        {
            case 0:
                _page?.Offer(row);
                Tally.Add(row, baseCode);
                break;
            case 1:
                Tally.Add(missed, row, baseCode);
                break;
        }
    }
}
