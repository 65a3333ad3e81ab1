using System.Buffers;

namespace AdapterHub.Catalog.Search;

/// <summary>Ids of matches, up to all there are; from the pool, because a search a keystroke would otherwise fill the large object heap.</summary>
internal sealed class IdBuffer : IDisposable
{
    private long[] _ids = ArrayPool<long>.Shared.Rent(4096);

    internal int Count { get; private set; }

    internal ReadOnlySpan<long> Ids => _ids.AsSpan(0, Count);

    private void Add(long id)
    {
        if (Count == _ids.Length)
        {
            var longer = ArrayPool<long>.Shared.Rent(Count * 2);
            Ids.CopyTo(longer);
            ArrayPool<long>.Shared.Return(_ids);
            _ids = longer;
        }

        _ids[Count++] = id;
    }

    /// <param name="digits">ASCII, with commas between the numbers.</param>
    internal void AddNumbers(ReadOnlySpan<byte> digits)
    {
        var number = 0L;
        foreach (var sign in digits)
        {
            if (sign != (byte)',')
            {
                number = (number * 10) + (sign - (byte)'0');
                continue;
            }

            Add(number);
            number = 0;
        }

        Add(number);
    }

    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(_ids);
        (_ids, Count) = ([], 0);
    }
}
