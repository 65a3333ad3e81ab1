using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>What adapters add to a layer whose own weight stays as it is.</summary>
public interface ILayerDelta
{
    /// <summary>Whether something in it is trained.</summary>
    bool RequiresGrad { get; }

    /// <summary>x (..., in) -> (..., out): the layer's own product and the adapters' part.</summary>
    Tensor Forward(LinearLayer layer, Tensor x);

    /// <summary>ids (N), and their rows (N, width) of the table, -> (N, width): the rows and the adapters' part.</summary>
    Tensor Forward(EmbeddingLayer table, Tensor ids, Tensor rows);
}

/// <summary>One adapter: A (r, in) and B (out, r) with their scale; see <see cref="Lora.LoraBinding"/>. Its factors may be trained.</summary>
public sealed record LoraPair(Tensor A, Tensor B, Tensor? BiasB, double Scale) : ILayerDelta
{
    /// <summary>Chance that an input of the adapter is dropped while training.</summary>
    public double Dropout { get; set; }

    public bool RequiresGrad => A.RequiresGrad;

    public Tensor Forward(LinearLayer layer, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Fused.LoraLinear(x, layer.Weight, layer.Bias, A, B, BiasB, Scale, Dropout, DropoutTape.Draw(x, Dropout));
    }

    /// <summary>rows + s (A^T)[ids] B^T, A (r, rows of the table), B (width, r).</summary>
    public Tensor Forward(EmbeddingLayer table, Tensor ids, Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(rows);
        return rows + (ids.EmbedWith(A.T()).Matmul(B.T()) * Scale).To(rows.DType);
    }
}
