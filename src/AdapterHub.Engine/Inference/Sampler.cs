using System.Numerics.Tensors;

namespace AdapterHub.Engine.Inference;

/// <summary>Draws tokens from logits, reproducibly for a seed.</summary>
public sealed class Sampler
{
    /// <summary>Weights lie in buckets by their exponent and the three highest bits of their fraction, eight buckets from a weight to its half; the first has the largest.</summary>
    private const int BucketShift = 20;
    private static readonly int One = BitConverter.SingleToInt32Bits(1);
    private static readonly int BucketCount = (One >> BucketShift) + 1;
    private readonly SamplingOptions _options;
    private readonly HashSet<int> _seen = [];
    private int _seenTokens;
    private readonly int[] _counts = new int[BucketCount];
    private readonly double[] _masses = new double[BucketCount];
    private float[] _weights = [];
    private ulong[] _keys = [];
    private ulong _state;

    public Sampler(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Temperature);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TopK);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.RepetitionPenalty);
        (_options, _state) = (options, options.Seed);
    }

    /// <summary>The next token; a repetition penalty changes <paramref name="logits"/> in place, <paramref name="previous"/> are the tokens so far, which only grow.</summary>
    public int Next(Span<float> logits, IReadOnlyList<int> previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        Penalise(logits, previous);
        if (_options.Temperature == 0)
            return TensorPrimitives.IndexOfMax<float>(logits);
        var total = Weigh(logits);
        var uniform = NextUniform();
        return Draw(logits, uniform, FindEnd(logits, total));
    }

    private void Penalise(Span<float> logits, IReadOnlyList<int> previous)
    {
        if (_options.RepetitionPenalty == 1)
            return;
        for (; _seenTokens < previous.Count; _seenTokens++)
            _seen.Add(previous[_seenTokens]);
        var penalty = (float)_options.RepetitionPenalty;
        foreach (var token in _seen)
            logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
    }

    /// <summary>Weights e^((z - top) / T) of the whole vocabulary, sorted into buckets; their sum.</summary>
    private double Weigh(ReadOnlySpan<float> logits)
    {
        if (_weights.Length != logits.Length)
            (_weights, _keys) = (new float[logits.Length], new ulong[logits.Length]);
        var top = TensorPrimitives.Max(logits);
        if (!float.IsFinite(top))
            throw new InvalidOperationException("The logits hold no finite number.");
        TensorPrimitives.Subtract(logits, top, _weights);
        TensorPrimitives.Multiply(_weights, (float)(1 / _options.Temperature), _weights);
        TensorPrimitives.Exp<float>(_weights, _weights);
        Array.Clear(_counts);
        Array.Clear(_masses);
        foreach (var weight in _weights)
        {
            var bucket = BucketOf(weight);
            _counts[bucket]++;
            _masses[bucket] += weight;
        }

        return _masses.Sum();
    }

    private static int BucketOf(float weight) => Math.Max(0, One - BitConverter.SingleToInt32Bits(weight)) >> BucketShift;

    /// <summary>The least weight that lies in a bucket.</summary>
    private static float LeastOf(int bucket) => BitConverter.Int32BitsToSingle(Math.Max(0, One - ((bucket + 1) << BucketShift) + 1));

    /// <summary>Where the tokens that may be drawn end: the bucket, how many of it are kept, and what all that are kept weigh. Only that bucket is sorted.</summary>
    private (int Bucket, int Kept, double Mass) FindEnd(ReadOnlySpan<float> logits, double total)
    {
        var (count, mass) = (0, 0.0);
        for (var bucket = 0; bucket < BucketCount; bucket++)
        {
            var mayEnd = (_options.TopK > 0 && count + _counts[bucket] >= _options.TopK) || (_options.TopP < 1 && mass + _masses[bucket] >= _options.TopP * total)
                || (_options.MinP > 0 && LeastOf(bucket) < _options.MinP);
            if (!mayEnd || _counts[bucket] == 0)
            {
                (count, mass) = (count + _counts[bucket], mass + _masses[bucket]);
                continue;
            }

            var kept = 0;
            foreach (var key in Sort(logits, bucket))
            {
                var weight = _weights[(int)(uint)key];
                if (count > 0 && (weight < _options.MinP || mass >= _options.TopP * total || count == _options.TopK))
                    return (bucket, kept, mass);
                (count, mass, kept) = (count + 1, mass + weight, kept + 1);
            }
        }

        return (BucketCount, 0, mass);
    }

    private int Draw(ReadOnlySpan<float> logits, double uniform, (int Bucket, int Kept, double Mass) end)
    {
        var draw = uniform * end.Mass;
        var last = -1; // rounding may leave a trace of the draw over: the last token that is kept takes it
        for (var bucket = 0; bucket <= Math.Min(end.Bucket, BucketCount - 1); bucket++)
        {
            if (_counts[bucket] == 0)
                continue;
            if (bucket < end.Bucket && draw >= _masses[bucket])
            {
                (draw, last) = (draw - _masses[bucket], bucket);
                continue;
            }

            var order = Sort(logits, bucket);
            foreach (var key in bucket == end.Bucket ? order[..end.Kept] : order)
                if ((draw -= _weights[(int)(uint)key]) < 0)
                    return (int)(uint)key;
            if (bucket < end.Bucket || end.Kept > 0)
                return (int)(uint)order[bucket == end.Bucket ? end.Kept - 1 : ^1];
        }

        return (int)(uint)Sort(logits, last)[^1];
    }

    /// <summary>The keys of a bucket's tokens, most probable first.</summary>
    private ReadOnlySpan<ulong> Sort(ReadOnlySpan<float> logits, int bucket)
    {
        var count = 0;
        for (var token = 0; count < _counts[bucket]; token++)
            if (BucketOf(_weights[token]) == bucket)
                _keys[count++] = Key(logits[token], token);
        Array.Sort(_keys, 0, count);
        return _keys.AsSpan(0, count);
    }

    /// <summary>Ascending keys are descending logits, equal ones by their number.</summary>
    private static ulong Key(float logit, int token)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)token;
    }

    // SplitMix64 (Steele et al. 2014), the upper 53 bits as a number in [0, 1).
    private double NextUniform()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
