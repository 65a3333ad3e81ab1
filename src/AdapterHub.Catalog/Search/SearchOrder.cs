using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// A place in an order: greater numbers first, then names from A, then newer repositories. No two rows share one, so a page can go on exactly
/// after a row even when rows were added or removed in between.
/// </summary>
internal readonly record struct SortKey(double Number, string Name, long Id)
{
    internal static Comparer<SortKey> NearestFirst { get; } = Comparer<SortKey>.Create(Compare);

    internal static Comparer<SortKey> FarthestFirst { get; } = Comparer<SortKey>.Create((a, b) => Compare(b, a));

    internal static int Compare(SortKey a, SortKey b)
    {
        var order = b.Number.CompareTo(a.Number);
        if (order == 0 && !ReferenceEquals(a.Name, b.Name))
            order = string.Compare(a.Name, b.Name, StringComparison.OrdinalIgnoreCase);
        return order != 0 ? order : b.Id.CompareTo(a.Id);
    }
}

/// <summary>The order of one search.</summary>
/// <param name="sort">An effective order.</param>
/// <param name="relevance">Needed for the order by relevance.</param>
internal sealed class SearchOrder(SearchSort sort, Relevance? relevance)
{
    internal SortKey KeyOf(SearchRow row) => sort switch
    {
        SearchSort.Relevance => new SortKey(relevance!.Of(row), "", row.Id),
        SearchSort.Trending => new SortKey(row.Trending, "", row.Id),
        SearchSort.Newest => new SortKey(row.Created, "", row.Id),
        SearchSort.Updated => new SortKey(row.Updated, "", row.Id),
        SearchSort.Downloads => new SortKey(row.Downloads, "", row.Id),
        SearchSort.Likes => new SortKey(row.Likes, "", row.Id),
        SearchSort.Size => new SortKey(row.Bytes, "", row.Id),
        SearchSort.Name => new SortKey(0, row.Name, row.Id),
        _ => throw new InvalidOperationException($"{sort} is not an effective order."),
    };

    internal string Cursor(SearchRow last)
    {
        var key = KeyOf(last);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{(int)sort} {key.Number:R} {key.Id} {key.Name}")));
    }

    /// <summary>
    /// The place after which a page begins; null for the first one. A cursor of another order, or one that nobody made, is no cursor.
    /// </summary>
    internal SortKey? Boundary(string? cursor, CatalogSnapshot snapshot)
    {
        if (string.IsNullOrEmpty(cursor) || !Base64Url.IsValid(cursor))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ', 4);
        if (parts.Length != 4 || parts[0] != ((int)sort).ToString(CultureInfo.InvariantCulture)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        // Scores of all rows shift when words are added to the index; the row itself still says where it stands.
        return sort == SearchSort.Relevance && snapshot.Find(id) is { } row && relevance!.Scores(row)
            ? KeyOf(row) : new SortKey(number, parts[3], id);
    }
}

/// <summary>Keeps the nearest rows after a boundary, out of all that are offered.</summary>
internal sealed class PageCollector(SearchOrder order, SortKey? boundary, int size)
{
    private readonly PriorityQueue<SearchRow, SortKey> _nearest = new(size + 1, SortKey.FarthestFirst);

    /// <summary>How many rows were offered.</summary>
    internal int Total { get; private set; }

    /// <summary>How many of them lie before the page.</summary>
    internal int Offset { get; private set; }

    internal void Offer(SearchRow row)
    {
        Total++;
        var key = order.KeyOf(row);
        if (boundary is { } after && SortKey.Compare(key, after) <= 0)
            Offset++;
        else if (_nearest.Count < size)
            _nearest.Enqueue(row, key);
        else
            _nearest.EnqueueDequeue(row, key);
    }

    internal List<SearchRow> Page() =>
        [.. _nearest.UnorderedItems.OrderBy(item => item.Priority, SortKey.NearestFirst).Select(item => item.Element)];
}
