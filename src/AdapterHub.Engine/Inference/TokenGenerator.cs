using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference;

/// <summary>Continues token sequences with whatever adapter is bound to the model.</summary>
public sealed class TokenGenerator(CausalModel model)
{
    /// <summary>
    /// New tokens one by one, until an end token of the model (not returned), the limit, or the end of the context.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty or fills the context.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, SamplingOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt has no tokens; give at least one word.", nameof(prompt));
        if (prompt.Count >= model.Config.ContextLength)
            throw new ArgumentException($"The prompt has {prompt.Count} tokens; the model's context holds {model.Config.ContextLength}, the answer included.", nameof(prompt));
        return Run([.. prompt], options, cancellation);
    }

    private IEnumerable<int> Run(List<int> tokens, SamplingOptions options, CancellationToken cancellation)
    {
        var room = Math.Min(model.Config.ContextLength, tokens.Count + options.MaxNewTokens);
        using var cache = new KvCache(model.Config, 1, room, model.Device, model.ComputeType);
        var sampler = new Sampler(options);
        var logits = new float[model.Config.VocabularySize];
        var next = tokens.ToArray();
        for (var made = 0; made < options.MaxNewTokens && tokens.Count < room + 1; made++)
        {
            cancellation.ThrowIfCancellationRequested();
            Read(cache, next, logits);
            var token = sampler.Next(logits, tokens);
            if (!options.IgnoreEnd && model.Config.EosTokenIds.Contains(token))
                yield break;
            yield return token;
            tokens.Add(token);
            next = [token];
            if (cache.Length(0) >= room)
                yield break;
        }
    }

    private void Read(KvCache cache, int[] ids, float[] logits)
    {
        using var inference = Grad.Inference();
        using var scope = new TensorScope();
        var last = model.Continue(cache, ids);
        last.To(DType.Float32).CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(logits.AsSpan()));
    }
}
