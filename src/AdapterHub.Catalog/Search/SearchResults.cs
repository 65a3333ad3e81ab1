namespace AdapterHub.Catalog.Search;

/// <summary>All hits of a query and the counts of every facet, from one pass over the rows.</summary>
internal sealed class SearchResults
{
    private readonly CatalogSnapshot _snapshot;
    private readonly VisibleRows _visible;
    private readonly RowFilter _filter;
    private readonly Relevance? _relevance;

    internal SearchResults(CatalogSnapshot snapshot, VisibleRows visible, SearchQuery query, TextMatches matches)
    {
        (_snapshot, _visible) = (snapshot, visible);
        _filter = new RowFilter(query, snapshot.Vocabulary);
        _relevance = query.EffectiveSort == SearchSort.Relevance ? new Relevance(query.Text) : null;
        var countedAlready = matches is { Wanted: null, Unwanted.Count: 0 } && _filter.IsEmpty && visible.IsPublicOnly;
        Tally = countedAlready ? snapshot.PublicTally : new FacetTally(snapshot.Vocabulary);
        if (countedAlready)
            Hits.AddRange(snapshot.Rows.Where(visible.Sees).Select(row => new Hit(row, 0)));
        else if (matches.Wanted is { } wanted)
            AddMatches(wanted, matches.Unwanted);
        else
            AddRows(matches.Unwanted);
    }

    internal List<Hit> Hits { get; } = [];

    internal FacetTally Tally { get; }

    private void AddMatches(List<(long Id, double Score)> wanted, HashSet<long> unwanted)
    {
        foreach (var (id, score) in wanted)
        {
            // A match may be newer than the snapshot, in the trash or hidden.
            if (_snapshot.Find(id) is { } row && _visible.Sees(row) && !unwanted.Contains(id))
                Consider(row, score);
        }
    }

    private void AddRows(HashSet<long> unwanted)
    {
        foreach (var row in _snapshot.Rows)
        {
            if (_visible.Sees(row) && !unwanted.Contains(row.Id))
                Consider(row, 0);
        }
    }

    private void Consider(SearchRow row, double score)
    {
        var baseCode = _visible.BaseOf(row, _snapshot);
        switch (_filter.Misses(row, baseCode, out var missed))
        {
            case 0:
                Hits.Add(new Hit(row, _relevance?.Of(row, score) ?? 0));
                Tally.Add(row, baseCode);
                break;
            case 1:
                Tally.Add(missed, row, baseCode);
                break;
        }
    }
}
