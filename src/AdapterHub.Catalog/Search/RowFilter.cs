using System.Globalization;

namespace AdapterHub.Catalog.Search;

/// <summary>The values that a query chose, as codes.</summary>
internal sealed class RowFilter
{
    /// <summary>The facets in which values are chosen, with true at their codes.</summary>
    private readonly (Facet Facet, bool[] Chosen)[] _chosen;
    private readonly int[] _tags;

    internal RowFilter(SearchQuery query, Vocabulary vocabulary)
    {
        _chosen = [.. from facet in Facets.All
                      where facet != Facet.Tag && query.ValuesOf(facet).Count > 0
                      select (facet, Chosen(query, facet, vocabulary[facet]))];
        // A tag that no row has gets the code -1, which no row has either.
        _tags = [.. query.Tags.Select(tag => vocabulary[Facet.Tag].Find(tag)).Distinct()];
    }

    internal bool IsEmpty => _tags.Length == 0 && _chosen.Length == 0;

    /// <summary>How many facets keep the row out, up to 2; for 1, which.</summary>
    internal int Misses(SearchRow row, int baseCode, out Facet missed)
    {
        missed = default;
        var misses = 0;
        foreach (var tag in _tags)
        {
            if (Array.IndexOf(row.Tags, tag) < 0)
            {
                (misses, missed) = (1, Facet.Tag);
                break;
            }
        }

        foreach (var (facet, chosen) in _chosen)
        {
            if (Passes(facet, chosen, row, baseCode))
                continue;
            missed = facet;
            if (++misses == 2)
                return 2;
        }

        return misses;
    }

    private static bool Passes(Facet facet, bool[] chosen, SearchRow row, int baseCode) => facet switch
    {
        Facet.Kind => At(chosen, (int)row.Kind),
        Facet.Base => At(chosen, baseCode) || At(chosen, row.DeclaredBase),
        Facet.Method => At(chosen, row.Method),
        Facet.Rank => At(chosen, row.Rank),
        Facet.Task => At(chosen, row.Task),
        Facet.License => At(chosen, row.License),
        Facet.Owner => At(chosen, row.OwnerCode),
        Facet.Language => Array.Exists(row.Languages, language => At(chosen, language)),
        _ => true,
    };

    private static bool At(bool[] chosen, int code) => code >= 0 && code < chosen.Length && chosen[code];

    private static bool[] Chosen(SearchQuery query, Facet facet, ValueDictionary values)
    {
        var chosen = new bool[values.Count];
        if (facet == Facet.Rank)
        {
            for (var code = 0; code < chosen.Length; code++)
                chosen[code] = query.Ranks.Any(range => range.Contains(int.Parse(values[code], CultureInfo.InvariantCulture)));
            return chosen;
        }

        foreach (var value in query.ValuesOf(facet))
        {
            if (values.Find(value) is var code and >= 0 && code < chosen.Length)
                chosen[code] = true;
        }

        return chosen;
    }
}
