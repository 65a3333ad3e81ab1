using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>Counts by facet and code.</summary>
internal sealed class FacetTally
{
    private readonly int[][] _counts;

    /// <summary>Rows that are counted under their base's repository and whose card names it otherwise, by that name.</summary>
    private readonly int[] _baseAliases;
    private readonly int[] _adapters;

    internal FacetTally(Vocabulary vocabulary)
    {
        _counts = [.. Facets.All.Select(facet => new int[vocabulary[facet].Count])];
        _baseAliases = new int[_counts[(int)Facet.Base].Length];
        _adapters = new int[_baseAliases.Length];
    }

    internal ReadOnlySpan<int> this[Facet facet] => _counts[(int)facet];

    internal int Rows { get; private set; }

    /// <summary>Rows that choosing the value of this code finds.</summary>
    internal int Found(Facet facet, int code) => _counts[(int)facet][code] + (facet == Facet.Base ? _baseAliases[code] : 0);

    /// <summary>Adapters among the rows of a base.</summary>
    internal int Adapters(int baseCode) => baseCode < _adapters.Length ? _adapters[baseCode] : 0;

    internal static FacetTally OfAll(CatalogSnapshot snapshot, VisibleRows visible)
    {
        var tally = new FacetTally(snapshot.Vocabulary);
        foreach (var chunk in snapshot.Chunks)
        {
            foreach (var row in chunk)
            {
                if (row is not null && visible.Sees(row))
                    tally.Add(row, visible.BaseOf(row, snapshot));
            }
        }

        return tally;
    }

    /// <summary>Counts a row in every facet.</summary>
    internal void Add(SearchRow row, int baseCode)
    {
        Rows++;
        _counts[(int)Facet.Kind][(int)row.Kind]++;
        AddBase(row, baseCode);
        One(Facet.Method, row.Method);
        One(Facet.Rank, row.Rank);
        One(Facet.Task, row.Task);
        One(Facet.License, row.License);
        One(Facet.Owner, row.OwnerCode);
        Each(Facet.Tag, row.Tags);
        Each(Facet.Language, row.Languages);
    }

    /// <summary>Counts a row in one facet: it would be a result if that facet's other values were not chosen.</summary>
    internal void Add(Facet facet, SearchRow row, int baseCode)
    {
        switch (facet)
        {
            case Facet.Kind: One(facet, (int)row.Kind); break;
            case Facet.Base: AddBase(row, baseCode); break;
            case Facet.Method: One(facet, row.Method); break;
            case Facet.Rank: One(facet, row.Rank); break;
            case Facet.Task: One(facet, row.Task); break;
            case Facet.License: One(facet, row.License); break;
            case Facet.Owner: One(facet, row.OwnerCode); break;
            case Facet.Language: Each(facet, row.Languages); break;
            case Facet.Tag: break;
            default: throw new ArgumentOutOfRangeException(nameof(facet), facet, null);
        }
    }

    private void AddBase(SearchRow row, int baseCode)
    {
        One(Facet.Base, baseCode);
        if (row.DeclaredBase >= 0 && row.DeclaredBase != baseCode)
            _baseAliases[row.DeclaredBase]++;
        if (baseCode >= 0 && row.Kind == RepositoryKind.Adapter)
            _adapters[baseCode]++;
    }

    private void One(Facet facet, int code)
    {
        if (code >= 0)
            _counts[(int)facet][code]++;
    }

    private void Each(Facet facet, int[] codes)
    {
        foreach (var code in codes)
            _counts[(int)facet][code]++;
    }
}
