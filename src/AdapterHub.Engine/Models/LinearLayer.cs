using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>A (r, in) and B (out, r) beside a frozen weight, with their scale; see <see cref="Lora.LoraBinding"/>.</summary>
public sealed record LoraPair(Tensor A, Tensor B, Tensor? BiasB, double Scale)
{
    /// <summary>Chance that an input of the adapter is dropped while training.</summary>
    public double Dropout { get; set; }
}

/// <summary>y = x W^T + b, and the adapter's part where one is bound.</summary>
public sealed class LinearLayer
{
    internal LinearLayer(string path, Tensor weight, Tensor? bias) => (Path, Weight, Bias) = (path, weight, bias);

    /// <summary>The module's path in the checkpoint, "model.layers.0.self_attn.q_proj".</summary>
    public string Path { get; }

    /// <summary>(out, in)</summary>
    public Tensor Weight { get; internal set; }
    public Tensor? Bias { get; internal set; }
    public LoraPair? Lora { get; internal set; }
    public long Inputs => Weight.Size(1);
    public long Outputs => Weight.Size(0);

    /// <summary>x (..., in) -> (..., out)</summary>
    internal Tensor Forward(Tensor x)
    {
        if (Lora is { } lora)
            return Fused.LoraLinear(x, Weight, Bias, lora.A, lora.B, lora.BiasB, lora.Scale, lora.Dropout);
        return Weight.DType == x.DType
            ? Fused.Linear(x, Weight, Bias)
            : Fused.Linear(x, Weight.To(x.DType), Bias?.To(x.DType)); // f32 masters under half-precision arithmetic
    }
}

/// <summary>Rows of a table; the adapter adds s (A^T)[ids] B^T with A (r, rows), B (width, r).</summary>
public sealed class EmbeddingLayer
{
    internal EmbeddingLayer(string path, Tensor weight) => (Path, Weight) = (path, weight);

    public string Path { get; }

    /// <summary>(rows, width)</summary>
    public Tensor Weight { get; internal set; }
    public LoraPair? Lora { get; internal set; }

    /// <summary>ids (N) -> (N, width) in <paramref name="type"/></summary>
    internal Tensor Forward(Tensor ids, DType type)
    {
        var rows = ids.EmbedWith(Weight).To(type);
        return Lora is { } lora
            ? rows + (ids.EmbedWith(lora.A.T()).Matmul(lora.B.T()) * lora.Scale).To(type)
            : rows;
    }
}
