using AdapterHub.Engine.Models;
using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>A text's place in the cache: pages for all that it may grow to, of which the first positions are filled.</summary>
internal sealed class CachedText(int[] pages)
{
    public int[] Pages { get; } = pages;

    /// <summary>Positions filled.</summary>
    public int Length { get; set; }
}

/// <summary>
/// Keys and values of many texts in pages of equal size (PagedAttention, Kwon et al. 2023): per layer (pages, positions, KV heads, width). A text holds its pages
/// from the start, so that none runs out of room half-way. Grows up to its limit.
/// </summary>
internal sealed class PagedCache : IDisposable
{
    public const int PagePositions = 16;
    private const int FirstPages = 64;
    private readonly ModelConfig _config;
    private readonly Device _device;
    private readonly DType _type;
    private readonly int _mostPages;
    private readonly Stack<int> _free = new();
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private int _pages;

    public PagedCache(ModelConfig config, Device device, DType type, long mostPositions)
    {
        (_config, _device, _type) = (config, device, type);
        _mostPages = (int)Math.Min(int.MaxValue / PagePositions, PagesFor(mostPositions));
        (_keys, _values) = (new Tensor[config.Layers], new Tensor[config.Layers]);
        Grow(Math.Min(FirstPages, _mostPages));
    }

    public long MostPositions => (long)_mostPages * PagePositions;

    public long Bytes => 2L * _keys.Length * _keys[0].ByteCount;

    /// <summary>Pages held by texts.</summary>
    public int UsedPages => _pages - _free.Count;

    /// <summary>Null while other texts hold too many pages.</summary>
    public CachedText? FindRoom(int positions)
    {
        var count = (int)PagesFor(positions);
        if (count > _mostPages - UsedPages)
            return null;
        while (_free.Count < count)
            Grow(Math.Min(_mostPages, Math.Max(_pages * 2, UsedPages + count)));
        return new CachedText([.. Enumerable.Range(0, count).Select(_ => _free.Pop())]);
    }

    public void Release(CachedText text)
    {
        foreach (var page in text.Pages)
            _free.Push(page);
    }

    /// <summary>Grows when its tensors move.</summary>
    public int Generation { get; private set; }

    /// <summary>Makes place for new positions of some texts, laid end to end in this order.</summary>
    public Pass Extend(IReadOnlyList<(CachedText Text, int Count)> parts)
    {
        var layout = Lay(parts, parts.Max(part => (int)PagesFor(part.Text.Length + part.Count)));
        return new Pass(this, Place(layout.Places), Place(layout.Positions), Tensor.From<long>(layout.Table, parts.Count, layout.Width).To(_device), layout.Starts, layout.Lengths);
    }

    /// <summary>The same on the host, with a table of that width.</summary>
    public PassLayout Lay(IReadOnlyList<(CachedText Text, int Count)> parts, int width)
    {
        var total = parts.Sum(part => part.Count);
        var (places, positions, table) = (new long[total], new long[total], new long[parts.Count * width]);
        var (starts, lengths) = (new long[parts.Count + 1], new long[parts.Count]);
        for (var row = 0; row < parts.Count; row++)
        {
            var (text, count) = parts[row];
            for (var i = 0; i < count; i++)
            {
                var (position, at) = (text.Length + i, (int)starts[row] + i);
                positions[at] = position;
                places[at] = (long)text.Pages[position / PagePositions] * PagePositions + position % PagePositions;
            }

            starts[row + 1] = starts[row] + count;
            lengths[row] = text.Length += count;
            for (var page = 0; page < Math.Min(width, text.Pages.Length); page++)
                table[row * width + page] = text.Pages[page];
        }

        return new PassLayout(places, positions, table, width, starts, lengths);
    }

    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    internal static long PagesFor(long positions) => (positions + PagePositions - 1) / PagePositions;

    private Tensor Place(long[] values) => Tensor.From<long>(values).To(_device);

    private void Grow(int pages)
    {
        for (var page = pages - 1; page >= _pages; page--)
            _free.Push(page);
        for (var layer = 0; layer < _keys.Length; layer++)
            (_keys[layer], _values[layer]) = (Enlarge(_keys[layer], pages), Enlarge(_values[layer], pages));
        _pages = pages;
        Generation++;
    }

    // Zeros, not what the memory held: composed attention multiplies unfilled positions by 0, and NaN times 0 is NaN.
    private Tensor Enlarge(Tensor? old, int pages)
    {
        using var noGrad = Grad.Disable();
        var larger = TensorScope.Detach(Tensor.Zeros([pages, PagePositions, _config.KeyValueHeads, _config.HeadDim], _type, _device));
        if (old is null)
            return larger;
        using (var head = larger.Narrow(0, 0, _pages))
            head.Copy_(old);
        old.Dispose();
        return larger;
    }

    private void Store(int layer, Tensor places, Tensor keys, Tensor values)
    {
        Flat(_keys[layer]).IndexCopy_(0, places, keys);
        Flat(_values[layer]).IndexCopy_(0, places, values);
        static Tensor Flat(Tensor tensor) => tensor.View(-1, tensor.Size(2), tensor.Size(3));
    }

    /// <summary>One pass over new positions.</summary>
    internal sealed record Pass(PagedCache Cache, Tensor Places, Tensor Positions, Tensor Table, long[] Starts, long[] Lengths) : ICachePass
    {
        public void Store(int layer, Tensor keys, Tensor values) => Cache.Store(layer, Places, keys, values);

        public Tensor Attend(int layer, Tensor q, double scale, int window) =>
            Fused.PagedAttention(q, Cache._keys[layer], Cache._values[layer], Table, Starts, Lengths, scale, window);
    }

    /// <summary>One new position of every text, all of it in tensors (N), (N, M) and (N) that may change between recorded passes.</summary>
    internal sealed record DecodePass(PagedCache Cache, Tensor Places, Tensor Table, Tensor Lengths) : ICachePass
    {
        public void Store(int layer, Tensor keys, Tensor values) => Cache.Store(layer, Places, keys, values);

        public Tensor Attend(int layer, Tensor q, double scale, int window) =>
            Fused.PagedDecode(q, Cache._keys[layer], Cache._values[layer], Table, Lengths, scale, window);
    }
}

/// <summary>Where the new positions of a pass go: places and positions (N), a table (rows, width) of pages, where rows start (rows + 1), and their lengths (rows).</summary>
internal sealed record PassLayout(long[] Places, long[] Positions, long[] Table, int Width, long[] Starts, long[] Lengths);
