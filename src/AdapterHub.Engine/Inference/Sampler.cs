namespace AdapterHub.Engine.Inference;

/// <summary>Draws tokens from logits, reproducibly for a seed on every machine.</summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private ulong _state;

    public Sampler(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Temperature);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TopK);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.RepetitionPenalty);
        (_options, _state) = (options, options.Seed);
    }

    /// <summary>The next token; <paramref name="logits"/> are changed in place, <paramref name="previous"/> are the tokens so far.</summary>
    public int Next(Span<float> logits, IReadOnlyCollection<int> previous)
    {
        Penalise(logits, previous);
        if (_options.Temperature == 0)
            return IndexOfLargest(logits);
        var order = Candidates(logits);
        var weights = new double[order.Length];
        var total = 0.0;
        for (var i = 0; i < order.Length; i++)
            total += weights[i] = Math.Exp((logits[order[i]] - logits[order[0]]) / _options.Temperature);
        var kept = Keep(weights, total, out var mass);
        var draw = NextUniform() * mass;
        for (var i = 0; i < kept; i++)
            if ((draw -= weights[i]) < 0)
                return order[i];
        return order[kept - 1];
    }

    private void Penalise(Span<float> logits, IReadOnlyCollection<int> previous)
    {
        if (_options.RepetitionPenalty == 1)
            return;
        var penalty = (float)_options.RepetitionPenalty;
        foreach (var token in previous.Distinct())
            logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
    }

    private int[] Candidates(ReadOnlySpan<float> logits)
    {
        var order = new int[logits.Length];
        var keys = new float[logits.Length];
        for (var i = 0; i < order.Length; i++)
            (order[i], keys[i]) = (i, -logits[i]);
        Array.Sort(keys, order);
        return _options.TopK > 0 && _options.TopK < order.Length ? order[.._options.TopK] : order;
    }

    /// <summary>How many of the descending weights stay, and what they add up to.</summary>
    private int Keep(double[] weights, double total, out double mass)
    {
        mass = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (i > 0 && (weights[i] < _options.MinP * weights[0] || mass >= _options.TopP * total))
                return i;
            mass += weights[i];
        }

        return weights.Length;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
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
