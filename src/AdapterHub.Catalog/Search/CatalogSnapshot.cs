namespace AdapterHub.Catalog.Search;

/// <summary>
/// All rows as they were after one change; immutable. Repository ids are dense, so a row is found by its id, in chunks of which a later snapshot
/// shares those that did not change.
/// </summary>
internal sealed class CatalogSnapshot
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private readonly SearchRow?[][] _chunks;
    private readonly Lazy<FacetTally> _public;

    private CatalogSnapshot(SearchRow?[][] chunks, long sequence, Vocabulary vocabulary)
    {
        _chunks = chunks;
        Sequence = sequence;
        Vocabulary = vocabulary;
        _public = new Lazy<FacetTally>(() => FacetTally.OfAll(this, VisibleRows.PublicOnly));
    }

    /// <summary>The greatest number of SearchChanges that it includes.</summary>
    internal long Sequence { get; }

    internal Vocabulary Vocabulary { get; }

    /// <summary>Counts of everything that is public; counted once.</summary>
    internal FacetTally PublicTally => _public.Value;

    internal static CatalogSnapshot Empty() => new([], 0, new Vocabulary());

    /// <summary>All rows, with gaps, in the order of their ids.</summary>
    internal ReadOnlySpan<SearchRow?[]> Chunks => _chunks;

    internal SearchRow? Find(long id)
    {
        var chunk = id >> ChunkBits;
        return id >= 0 && chunk < _chunks.Length ? _chunks[chunk][id & (ChunkSize - 1)] : null;
    }

    /// <param name="changes">Rows by id; null for those that are gone.</param>
    /// <param name="sequence">Up to which change.</param>
    internal CatalogSnapshot With(IEnumerable<(long Id, SearchRow? Row)> changes, long sequence)
    {
        var chunks = _chunks.ToList();
        var copied = new HashSet<int>();
        foreach (var (id, row) in changes)
        {
            var chunk = (int)(id >> ChunkBits);
            while (chunks.Count <= chunk)
            {
                copied.Add(chunks.Count);
                chunks.Add(new SearchRow?[ChunkSize]);
            }

            if (copied.Add(chunk))
                chunks[chunk] = (SearchRow?[])chunks[chunk].Clone();
            chunks[chunk][id & (ChunkSize - 1)] = row;
        }

        return new CatalogSnapshot([.. chunks], sequence, Vocabulary);
    }
}
