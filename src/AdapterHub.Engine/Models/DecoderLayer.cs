using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>What every layer of one forward pass shares.</summary>
internal sealed record LayerContext(Tensor Positions, Tensor Cosines, Tensor Sines)
{
    /// <summary>Document boundaries (documents + 1) int32 and the longest, for a pass over whole texts.</summary>
    public Tensor? Cumulative { get; init; }
    public long Longest { get; init; }

    /// <summary>Where keys and values go, and what they join, when a text is continued.</summary>
    public ICachePass? Cache { get; init; }
}

/// <summary>
/// Attention and gated feed-forward, each behind an RMS norm. The residual stream travels beside the branch that is still to
/// be added to it, so that addition and norm are one kernel.
/// </summary>
internal sealed class DecoderLayer(ModelConfig config, int index)
{
    private readonly double _scale = 1 / Math.Sqrt(config.HeadDim);
    private readonly int _window = config.Window(index);

    public required Tensor InputNorm { get; set; }
    public required Tensor AttentionNorm { get; set; }
    public required LinearLayer Query { get; init; }
    public required LinearLayer Key { get; init; }
    public required LinearLayer Value { get; init; }
    public required LinearLayer Output { get; init; }
    public required LinearLayer Gate { get; init; }
    public required LinearLayer Up { get; init; }
    public required LinearLayer Down { get; init; }
    public Tensor? QueryNorm { get; set; }
    public Tensor? KeyNorm { get; set; }

    /// <summary>branch (null before the first layer) and residual (N, hidden) -> the same after this layer.</summary>
    public (Tensor Branch, Tensor Residual) Forward(Tensor? branch, Tensor residual, LayerContext context)
    {
        using var scope = new TensorScope(); // autograd keeps what the backward pass needs; the rest goes now
        Tensor normed;
        if (branch is null)
            normed = Fused.RmsNorm(residual, InputNorm, config.RmsNormEpsilon);
        else
            (normed, residual) = Fused.AddRmsNorm(branch, residual, InputNorm, config.RmsNormEpsilon);
        branch = Output.Forward(Attend(normed, context));
        (normed, residual) = Fused.AddRmsNorm(branch, residual, AttentionNorm, config.RmsNormEpsilon);
        branch = Down.Forward(Fused.SwiGlu(Gate.Forward(normed), Up.Forward(normed)));
        return (scope.MoveOut(branch), scope.MoveOut(residual));
    }

    private Tensor Attend(Tensor x, LayerContext context)
    {
        var count = x.Size(0);
        var q = Query.Forward(x).View(count, config.Heads, config.HeadDim);
        var k = Key.Forward(x).View(count, config.KeyValueHeads, config.HeadDim);
        var v = Value.Forward(x).View(count, config.KeyValueHeads, config.HeadDim);
        if (QueryNorm is not null)
            q = Fused.RmsNorm(q, QueryNorm, config.RmsNormEpsilon);
        if (KeyNorm is not null)
            k = Fused.RmsNorm(k, KeyNorm, config.RmsNormEpsilon);
        q = Fused.Rope(q, context.Cosines, context.Sines, context.Positions);
        k = Fused.Rope(k, context.Cosines, context.Sines, context.Positions);
        context.Cache?.Store(index, k, v);
        var attended = context.Cumulative is { } cumulative
            ? Fused.Attention(q, k, v, cumulative, context.Longest, _scale, _window)
            : context.Cache!.Attend(index, q, _scale, _window);
        return attended.Reshape(count, config.Heads * config.HeadDim);
    }
}
