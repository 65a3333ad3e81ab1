using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>A token that could have stood in a place.</summary>
/// <param name="LogProbability">Natural logarithm of the model's own probability, whatever the sampling settings are.</param>
public readonly record struct TokenAlternative(int Token, float LogProbability);

/// <summary>A token in its place.</summary>
/// <param name="LogProbability">Natural logarithm of the model's own probability, whatever the sampling settings are.</param>
/// <param name="Alternatives">The most probable tokens there, best first; the token itself may be among them.</param>
public sealed record TokenScore(int Token, float LogProbability, ImmutableArray<TokenAlternative> Alternatives)
{
    /// <summary>Of one place, from logits as the model gave them.</summary>
    public static TokenScore Of(ReadOnlySpan<float> logits, int token, int alternatives)
    {
        var normal = LogSumExp(logits);
        return new TokenScore(token, logits[token] - normal, [.. Best(logits, alternatives).Select(best => best with { LogProbability = best.LogProbability - normal })]);
    }

    /// <summary>ln sum of e^z, in f32 with the largest z taken out first.</summary>
    internal static float LogSumExp(ReadOnlySpan<float> logits)
    {
        const int block = 512;
        var top = TensorPrimitives.Max(logits);
        Span<float> powers = stackalloc float[block];
        var total = 0.0;
        for (var start = 0; start < logits.Length; start += block)
        {
            var part = logits[start..Math.Min(logits.Length, start + block)];
            var target = powers[..part.Length];
            TensorPrimitives.Subtract(part, top, target);
            TensorPrimitives.Exp(target, target);
            total += TensorPrimitives.Sum(target);
        }

        return top + (float)Math.Log(total);
    }

    // The few best are kept sorted; nearly every token is turned away by its first comparison.
    private static List<TokenAlternative> Best(ReadOnlySpan<float> logits, int count)
    {
        var best = new List<TokenAlternative>(count + 1);
        for (var token = 0; token < logits.Length && count > 0; token++)
        {
            if (best.Count == count && logits[token] <= best[^1].LogProbability)
                continue;
            var place = best.Count;
            while (place > 0 && best[place - 1].LogProbability < logits[token])
                place--;
            best.Insert(place, new TokenAlternative(token, logits[token]));
            if (best.Count > count)
                best.RemoveAt(count);
        }

        return best;
    }
}
