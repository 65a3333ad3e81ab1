using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>Keys and values of the texts being continued: per layer (rows, room, KV heads, width), rows at their own lengths.</summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly int[] _lengths;
    private readonly Device _device;

    public KvCache(ModelConfig config, int rows, int room, Device device, DType type)
    {
        (_device, Room, _lengths) = (device, room, new int[rows]);
        Tensor Make() => TensorScope.Detach(Tensor.Zeros([rows, room, config.KeyValueHeads, config.HeadDim], type, device));
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => Make())];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => Make())];
    }

    /// <summary>Positions that fit in a row.</summary>
    public int Room { get; }

    public int Rows => _lengths.Length;

    public int Length(int row) => _lengths[row];

    /// <summary>Forgets what follows the first <paramref name="length"/> positions of a row.</summary>
    public void Truncate(int row, int length) => _lengths[row] = Math.Min(length, _lengths[row]);

    /// <summary>Makes place for as many new positions on every row.</summary>
    internal Step Extend(int count)
    {
        var (places, positions, lengths) = (new long[Rows * count], new long[Rows * count], new long[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            if (_lengths[row] + count > Room)
                throw new InvalidOperationException($"The cache holds {Room} positions, the text needs {_lengths[row] + count}.");
            for (var i = 0; i < count; i++)
            {
                positions[row * count + i] = _lengths[row] + i;
                places[row * count + i] = (long)row * Room + _lengths[row] + i;
            }

            lengths[row] = _lengths[row] += count;
        }

        return new Step(this, count, Tensor.From<long>(places).To(_device), Tensor.From<long>(positions).To(_device), Tensor.From<long>(lengths).To(_device));
    }

    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    /// <summary>One pass that adds the same number of positions to every row.</summary>
    internal sealed record Step(KvCache Cache, int Count, Tensor Places, Tensor Positions, Tensor Lengths) : ICachePass
    {
        /// <summary>True where every row starts here: attention then needs no cache.</summary>
        public bool IsFirst { get; } = Cache._lengths.All(length => length == Count);

        public void Store(int layer, Tensor keys, Tensor values)
        {
            Flat(Cache._keys[layer]).IndexCopy_(0, Places, keys);
            Flat(Cache._values[layer]).IndexCopy_(0, Places, values);
        }

        /// <summary>q (rows x count, H, D) -> the same shape</summary>
        public Tensor Attend(int layer, Tensor q, double scale, int window)
        {
            var shaped = q.View(Cache.Rows, Count, q.Size(1), q.Size(2));
            return Fused.CachedAttention(shaped, Cache._keys[layer], Cache._values[layer], Lengths, scale, window);
        }

        private static Tensor Flat(Tensor tensor) => tensor.View(-1, tensor.Size(2), tensor.Size(3));
    }
}
