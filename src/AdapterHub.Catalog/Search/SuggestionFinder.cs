namespace AdapterHub.Catalog.Search;

/// <summary>Finds what somebody may be about to type: repositories by name or title, and owners, tags and base models by any part of their name.</summary>
internal static class SuggestionFinder
{
    internal const int Most = 8;

    /// <summary>So many places are for repositories if there are enough of them; the others take what is left.</summary>
    private const int MostOthersBesideRepositories = 4;

    private const int MostOfAKind = 3;

    private static readonly (Facet Facet, SuggestionKind Kind)[] Others =
        [(Facet.Tag, SuggestionKind.Tag), (Facet.Base, SuggestionKind.BaseModel), (Facet.Owner, SuggestionKind.Owner)];

    internal static List<Suggestion> Find(CatalogLook look, string text)
    {
        var joined = SearchText.Joined(text);
        if (joined.Length == 0)
            return [];
        var repositories = Repositories(look, text);
        var others = Others.SelectMany(kind => Values(look, kind.Facet, kind.Kind, joined))
            .OrderByDescending(found => found.Begins).ThenByDescending(found => found.Suggestion.Count)
            .Select(found => found.Suggestion).ToList();
        var places = Math.Max(MostOthersBesideRepositories, Most - repositories.Count);
        var chosen = others.Take(places).ToList();
        return [.. repositories.Take(Most - chosen.Count), .. chosen.OrderBy(suggestion => suggestion.Kind)];
    }

    private static List<Suggestion> Repositories(CatalogLook look, string text)
    {
        using var matches = TextMatches.FindNames(look.Context, text);
        var order = new SearchOrder(SearchSort.Relevance, new Relevance(text, matches, look.Snapshot.Vocabulary));
        var nearest = new PageCollector(order, null, Most);
        foreach (var id in matches.Wanted is { } wanted ? wanted.Ids : [])
        {
            if (look.Snapshot.Find(id) is { } row && look.Visible.Sees(row))
                nearest.Offer(row);
        }

        return [.. nearest.Page().Select(row => new Suggestion(SuggestionKind.Repository, $"{row.Owner}/{row.Name}", row.Kind, 0))];
    }

    private static IEnumerable<(bool Begins, Suggestion Suggestion)> Values(CatalogLook look, Facet facet, SuggestionKind kind, string joined)
    {
        var values = look.Snapshot.Vocabulary[facet];
        var counts = look.Tally[facet];
        var found = new List<(bool Begins, Suggestion Suggestion)>();
        for (var code = 0; code < counts.Length; code++)
        {
            if (counts[code] > 0 && values.Matches(code, joined, out var begins))
                found.Add((begins, new Suggestion(kind, values[code], null, counts[code])));
        }

        return found.OrderByDescending(value => value.Begins).ThenByDescending(value => value.Suggestion.Count).Take(MostOfAKind);
    }
}
