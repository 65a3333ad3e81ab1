namespace AdapterHub.Engine.Training.Datasets;

/// <summary>One bit a token, least significant first; costs nothing as long as every token is trained.</summary>
internal sealed class LossBits
{
    private byte[] _bits = [];
    private long _count;

    /// <summary>False when every token so far is trained.</summary>
    public bool HasUntrained { get; private set; }

    public void Append(ReadOnlySpan<bool> mask)
    {
        if (!HasUntrained && mask.Contains(false))
        {
            HasUntrained = true;
            Reserve(_count);
            for (long k = 0; k < _count; k++)
                _bits[k >> 3] |= (byte)(1 << (int)(k & 7));
        }

        if (HasUntrained)
        {
            Reserve(_count + mask.Length);
            for (var k = 0; k < mask.Length; k++)
            {
                if (mask[k])
                    _bits[(_count + k) >> 3] |= (byte)(1 << (int)((_count + k) & 7));
            }
        }

        _count += mask.Length;
    }

    /// <summary>Empty unless <see cref="HasUntrained"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _bits.AsSpan(0, HasUntrained ? (int)((_count + 7) / 8) : 0);

    /// <summary>Reads bits from <paramref name="start"/>, counted from the first bit of <paramref name="bits"/>.</summary>
    public static void Read(ReadOnlySpan<byte> bits, long start, Span<bool> mask)
    {
        for (var k = 0; k < mask.Length; k++)
            mask[k] = (bits[(int)((start + k) >> 3)] >> (int)((start + k) & 7) & 1) != 0;
    }

    private void Reserve(long tokens)
    {
        var bytes = checked((int)((tokens + 7) / 8));
        if (bytes > _bits.Length)
            Array.Resize(ref _bits, (int)Math.Min(Array.MaxLength, Math.Max(bytes, _bits.Length * 2L)));
    }
}
