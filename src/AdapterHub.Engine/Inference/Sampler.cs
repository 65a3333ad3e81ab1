using System.Numerics.Tensors;

namespace AdapterHub.Engine.Inference;

/// <summary>Draws tokens from logits, reproducibly for a seed.</summary>
public sealed class Sampler
{
    /// <summary>Least share of the best token's probability that is sorted, one after the other until that is enough; the last takes all.</summary>
    private static readonly double[] Cuts = [0.1, 0.02, 4e-3, 8e-4, 1e-4, 1e-6, 1e-9, 0];
    private readonly SamplingOptions _options;
    private readonly HashSet<int> _seen = [];
    private int _seenTokens;
    private float[] _scratch = [];
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
        var total = Total(logits, out var top);
        var uniform = NextUniform();
        foreach (var cut in Cuts)
        {
            var least = cut == 0 ? float.NegativeInfinity : top + (float)(_options.Temperature * Math.Log(cut));
            if (Collect(logits, least, out var mass) is var count && IsEnough(count, mass, total, uniform, cut) && Draw(logits, Order(count), total, uniform, cut) is { } token)
                return token;
        }

        throw new InvalidOperationException("The logits hold no finite number.");
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

    /// <summary>Sum of e^((z - top) / T) over the whole vocabulary.</summary>
    private double Total(ReadOnlySpan<float> logits, out float top)
    {
        if (_scratch.Length < logits.Length)
            _scratch = new float[logits.Length];
        var powers = _scratch.AsSpan(0, logits.Length);
        top = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, top, powers);
        TensorPrimitives.Multiply(powers, (float)(1 / _options.Temperature), powers);
        TensorPrimitives.Exp<float>(powers, powers);
        return TensorPrimitives.Sum<float>(powers);
    }

    /// <summary>Tokens of at least that logit, unsorted, and what they add up to.</summary>
    private int Collect(ReadOnlySpan<float> logits, float least, out double mass)
    {
        if (_keys.Length < logits.Length)
            _keys = new ulong[logits.Length];
        var count = 0;
        mass = 0;
        for (var token = 0; token < logits.Length; token++)
            if (logits[token] >= least)
            {
                _keys[count++] = Key(logits[token], token);
                mass += _scratch[token];
            }

        return count;
    }

    /// <summary>Ascending keys are descending logits, equal ones by their number.</summary>
    private static ulong Key(float logit, int token)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)token;
    }

    /// <summary>Whether the draw may end among these, so that sorting them is worth it.</summary>
    private bool IsEnough(int count, double mass, double total, double uniform, double cut) => cut == 0
        || (_options.TopK > 0 && count >= _options.TopK)
        || (_options.MinP > 0 && cut <= _options.MinP)
        || (_options.TopP < 1 && mass >= _options.TopP * total)
        || (_options is { TopK: 0, MinP: 0, TopP: >= 1 } && mass >= uniform * total);

    private ReadOnlySpan<ulong> Order(int count)
    {
        Array.Sort(_keys, 0, count);
        return _keys.AsSpan(0, count);
    }

    /// <summary>Null where the token may be one that was not sorted.</summary>
    private int? Draw(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> order, double total, double uniform, double cut)
    {
        var weights = new double[order.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp((logits[(int)(uint)order[i]] - logits[(int)(uint)order[0]]) / _options.Temperature);
        var kept = Keep(weights, total, out var mass);
        var all = order.Length == logits.Length || cut == 0;
        var bounded = kept < weights.Length || all || kept == _options.TopK || (_options.MinP > 0 && cut <= _options.MinP);
        var unlimited = _options is { TopK: 0, MinP: 0, TopP: >= 1 };
        if (!bounded && !unlimited)
            return null;
        var draw = uniform * (bounded ? mass : total);
        for (var i = 0; i < kept; i++)
            if ((draw -= weights[i]) < 0)
                return (int)(uint)order[i];
        return bounded && kept > 0 ? (int)(uint)order[kept - 1] : null;
    }

    /// <summary>How many of the descending weights stay, and what they add up to.</summary>
    private int Keep(double[] weights, double total, out double mass)
    {
        mass = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (i > 0 && (weights[i] < _options.MinP * weights[0] || mass >= _options.TopP * total || i == _options.TopK))
                return i;
            mass += weights[i];
        }

        return weights.Length;
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
