using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>y = x W^T + b, and the adapters' part where any are bound.</summary>
public sealed class LinearLayer
{
    internal LinearLayer(string path, Tensor weight, Tensor? bias) => (Path, Weight, Bias) = (path, weight, bias);

    /// <summary>The module's path in the checkpoint, "model.layers.0.self_attn.q_proj".</summary>
    public string Path { get; }

    /// <summary>(out, in)</summary>
    public Tensor Weight { get; internal set; }
    public Tensor? Bias { get; internal set; }
    public ILayerDelta? Delta { get; internal set; }
    public long Inputs => Weight.Size(1);
    public long Outputs => Weight.Size(0);

    /// <summary>x (..., in) -> (..., out)</summary>
    internal Tensor Forward(Tensor x)
    {
        if (Delta is { } delta)
            return delta.Forward(this, x);
        return Weight.DType == x.DType
            ? Fused.Linear(x, Weight, Bias)
            : Fused.Linear(x, Weight.To(x.DType), Bias?.To(x.DType)); // f32 masters under half-precision arithmetic
    }
}

/// <summary>Rows of a table, and the adapters' part where any are bound.</summary>
public sealed class EmbeddingLayer
{
    internal EmbeddingLayer(string path, Tensor weight) => (Path, Weight) = (path, weight);

    public string Path { get; }

    /// <summary>(rows, width)</summary>
    public Tensor Weight { get; internal set; }
    public ILayerDelta? Delta { get; internal set; }

    /// <summary>ids (N) -> (N, width) in <paramref name="type"/></summary>
    internal Tensor Forward(Tensor ids, DType type)
    {
        var rows = ids.EmbedWith(Weight).To(type);
        return Delta is { } delta ? delta.Forward(this, ids, rows) : rows;
    }
}
