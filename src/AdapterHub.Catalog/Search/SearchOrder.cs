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

/// <summary>One result.</summary>
internal readonly record struct Hit(SearchRow Row, double Score);

/// <summary>The order of one search, and its pages.</summary>
internal sealed class SearchOrder(SearchSort sort)
{
    internal SortKey KeyOf(Hit hit)
    {
        var row = hit.Row;
        return sort switch
        {
            SearchSort.Relevance => new SortKey(hit.Score, "", row.Id),
            SearchSort.Trending => new SortKey(row.Trending, "", row.Id),
            SearchSort.Newest => new SortKey(row.Created, "", row.Id),
            SearchSort.Updated => new SortKey(row.Updated, "", row.Id),
            SearchSort.Downloads => new SortKey(row.Downloads, "", row.Id),
            SearchSort.Likes => new SortKey(row.Likes, "", row.Id),
            SearchSort.Size => new SortKey(row.Bytes, "", row.Id),
            SearchSort.Name => new SortKey(0, row.Name, row.Id),
            _ => throw new ArgumentOutOfRangeException(nameof(hit), sort, "not an effective order"),
        };
    }

    /// <summary>The hits that follow the cursor, at most <paramref name="size"/>, in order, and how many precede them.</summary>
    internal (List<Hit> Page, int Offset) Page(List<Hit> hits, string? cursor, int size)
    {
        var after = Boundary(hits, cursor);
        var offset = 0;
        var nearest = new PriorityQueue<Hit, SortKey>(size + 1, SortKey.FarthestFirst);
        foreach (var hit in hits)
        {
            var key = KeyOf(hit);
            if (after is { } boundary && SortKey.Compare(key, boundary) <= 0)
                offset++;
            else if (nearest.Count < size)
                nearest.Enqueue(hit, key);
            else
                nearest.EnqueueDequeue(hit, key);
        }

        return ([.. nearest.UnorderedItems.OrderBy(item => item.Priority, SortKey.NearestFirst).Select(item => item.Element)], offset);
    }

    internal string Cursor(Hit last)
    {
        var key = KeyOf(last);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{(int)sort} {key.Number:R} {key.Id} {key.Name}")));
    }

    /// <summary>A cursor of another order or one that nobody made is no cursor: the page is then the first.</summary>
    private SortKey? Boundary(List<Hit> hits, string? cursor)
    {
        if (string.IsNullOrEmpty(cursor) || !Base64Url.IsValid(cursor))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ', 4);
        if (parts.Length != 4 || parts[0] != ((int)sort).ToString(CultureInfo.InvariantCulture)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        // Scores of all rows shift when words are added to the index; the row itself still says where it stands.
        var now = sort == SearchSort.Relevance ? hits.Find(hit => hit.Row.Id == id) : default;
        return now.Row is null ? new SortKey(number, parts[3], id) : KeyOf(now);
    }
}
