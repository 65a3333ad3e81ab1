using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>
/// How much of each adapter counts, shared by the layers that have the same weights. A one-dimensional tensor (P) holds for every row of the
/// input; (N, P) gives each of the N rows that a layer sees its own weights, so that one batch can hold rows with different blends. A tensor
/// that requires a gradient gets one.
/// </summary>
/// <param name="values">(P) or (N, P); owned by the caller.</param>
public sealed class MixWeights(Tensor values)
{
    public Tensor Values { get; set; } = values;
}

/// <summary>
/// Several adapters beside one frozen weight, each times its weight: y = x W^T + b + ((x A^T) c) B^T + w' (s b_B). The factors of all adapters are
/// stacked, A (R, in) and B (out, R), so the mix costs one product of width R however many adapters there are; c repeats each adapter's weight times
/// its scale along its rows of A. Nothing is merged, and an adapter of weight 0 adds exactly nothing.
/// </summary>
public sealed class LoraMix : ILayerDelta
{
    private readonly Tensor _owners;
    private readonly Tensor _scales;
    private readonly Tensor? _biases;

    /// <param name="a">(R, in), in the type of the activations.</param>
    /// <param name="b">(out, R)</param>
    /// <param name="owners">(R) int64: the adapter that a row of A belongs to, as its place among the weights.</param>
    /// <param name="scales">(R) f32: that adapter's own scale in this layer.</param>
    /// <param name="biases">(P, out) f32, each adapter's s b_B or zeros; null where none has one.</param>
    /// <param name="weights">Of the adapters.</param>
    public LoraMix(Tensor a, Tensor b, Tensor owners, Tensor scales, Tensor? biases, MixWeights weights) =>
        (A, B, _owners, _scales, _biases, Weights) = (a, b, owners, scales, biases, weights);

    public Tensor A { get; }

    public Tensor B { get; }

    public MixWeights Weights { get; }

    public bool RequiresGrad => Weights.Values.RequiresGrad;

    public Tensor Forward(LinearLayer layer, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(x);
        var flat = x.Reshape(-1, layer.Inputs);                                      // (N, in)
        var y = Fused.Linear(flat, layer.Weight, layer.Bias) + Fused.Linear(Fused.Linear(flat, A, null) * Coefficients(x.DType), B, null);
        if (_biases is not null)
            y += Weights.Values.Matmul(_biases).To(x.DType);                         // (out) or (N, out)
        return x.Dimensions == 2 ? y : y.Reshape([.. x.Shape[..^1], layer.Outputs]);
    }

    public Tensor Forward(EmbeddingLayer table, Tensor ids, Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(rows);
        return rows + Fused.Linear(ids.EmbedWith(A.T()).To(rows.DType) * Coefficients(rows.DType), B, null);
    }

    /// <summary>c: (R) for all rows, or (N, R).</summary>
    private Tensor Coefficients(DType type) => (Weights.Values.IndexSelect(Weights.Values.Dimensions - 1, _owners) * _scales).To(type);
}
