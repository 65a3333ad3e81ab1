using System.Globalization;

namespace AdapterHub.Catalog.Search;

/// <summary>Turns counts into the lists that a page shows.</summary>
internal static class FacetLists
{
    internal static List<FacetCounts> Of(FacetTally tally, Vocabulary vocabulary, SearchQuery query, int longest) =>
        [.. Facets.All.Select(facet => Of(tally, vocabulary, query, facet, "", longest))];

    /// <param name="tally">Counts by code.</param>
    /// <param name="vocabulary">The codes' values.</param>
    /// <param name="query">Whose chosen values are shown however rare they are.</param>
    /// <param name="facet">Which one.</param>
    /// <param name="part">Only values that contain this, unless chosen.</param>
    /// <param name="longest">How many values at most, beside chosen ones.</param>
    internal static FacetCounts Of(FacetTally tally, Vocabulary vocabulary, SearchQuery query, Facet facet, string part, int longest)
    {
        var values = vocabulary[facet];
        var counts = tally[facet];
        var distinct = 0;
        var frequent = new PriorityQueue<int, (int Count, string Value)>(longest + 1, RarestFirst);
        for (var code = 0; code < counts.Length; code++)
        {
            if (counts[code] == 0)
                continue;
            distinct++;
            if (part.Length > 0 && !values[code].Contains(part, StringComparison.OrdinalIgnoreCase))
                continue;
            if (frequent.Count < longest)
                frequent.Enqueue(code, (counts[code], values[code]));
            else
                frequent.EnqueueDequeue(code, (counts[code], values[code]));
        }

        var chosen = query.ValuesOf(facet);
        var shown = chosen.Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(value => Chosen(tally, values, facet, value)).ToList();
        shown.AddRange(frequent.UnorderedItems.Where(item => !chosen.Contains(values[item.Element], StringComparer.OrdinalIgnoreCase))
            .Select(item => new FacetValue(values[item.Element], item.Priority.Count, Selected: false)));
        return new FacetCounts(facet, facet == Facet.Rank ? ByRank(shown) : ByCount(shown), distinct);
    }

    private static Comparer<(int Count, string Value)> RarestFirst { get; } = Comparer<(int Count, string Value)>.Create((a, b) =>
        a.Count != b.Count ? a.Count.CompareTo(b.Count) : string.Compare(b.Value, a.Value, StringComparison.OrdinalIgnoreCase));

    private static List<FacetValue> ByCount(List<FacetValue> values) =>
        [.. values.OrderByDescending(value => value.Count).ThenBy(value => value.Value, StringComparer.OrdinalIgnoreCase)];

    private static List<FacetValue> ByRank(List<FacetValue> values) =>
        [.. values.OrderBy(value => int.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rank) ? rank : -1)
            .ThenBy(value => value.Value, StringComparer.Ordinal)];

    /// <summary>As it is written here, if there is something of it that the actor sees; else as it was asked for.</summary>
    private static FacetValue Chosen(FacetTally tally, ValueDictionary values, Facet facet, string value)
    {
        var found = Found(tally, values, facet, value);
        var known = found > 0 ? values.Find(value) : -1;
        return new FacetValue(known >= 0 ? values[known] : value, found, Selected: true);
    }

    private static int Found(FacetTally tally, ValueDictionary values, Facet facet, string value)
    {
        if (facet == Facet.Rank)
        {
            var ranges = SearchQueryString.ReadRanks([value]);
            var found = 0;
            for (var code = 0; code < tally[facet].Length; code++)
                found += ranges.Any(range => range.Contains(int.Parse(values[code], CultureInfo.InvariantCulture))) ? tally[facet][code] : 0;
            return found;
        }

        return values.Find(value) is var known and >= 0 && known < tally[facet].Length ? tally.Found(facet, known) : 0;
    }
}
