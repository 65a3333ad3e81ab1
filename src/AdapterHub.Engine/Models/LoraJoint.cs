using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Models;

/// <summary>
/// Adapters that are trained at the same time on one frozen weight, each on rows of its own: y = x W^T + b, and on the rows of adapter i
/// + s_i (x A_i^T) B_i^T. Rows of an adapter that has no module here pass as they are.
/// </summary>
public sealed class LoraJoint : ILayerDelta, IDisposable
{
    private readonly Tensor[] _a;
    private readonly Tensor[] _b;
    private readonly long[] _starts;
    private readonly long[] _rows;
    private readonly Tensor _scales;
    private readonly double _dropout;

    /// <param name="parts">Pairs without bias and of one dropout, and where their rows lie, ascending; they stay the caller's.</param>
    public LoraJoint(IReadOnlyList<(LoraPair Pair, long Start, long Rows)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _a = [.. parts.Select(part => part.Pair.A)];
        _b = [.. parts.Select(part => part.Pair.B)];
        _starts = [.. parts.Select(part => part.Start)];
        _rows = [.. parts.Select(part => part.Rows)];
        _scales = TensorScope.Detach(Tensor.From<double>([.. parts.Select(part => part.Pair.Scale)]));
        _dropout = parts[0].Pair.Dropout;
    }

    public bool RequiresGrad => Array.Exists(_a, factor => factor.RequiresGrad);

    public Tensor Forward(LinearLayer layer, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Fused.JointLoraLinear(x, layer.Weight, layer.Bias, _a, _b, _starts, _rows, _scales, _dropout, DropoutTape.Draw(x, _dropout));
    }

    /// <exception cref="NotSupportedException">Always: adapters of embeddings are trained one at a time.</exception>
    public Tensor Forward(EmbeddingLayer table, Tensor ids, Tensor rows) => throw new NotSupportedException("Adapters of embeddings are not trained together.");

    public void Dispose() => _scales.Dispose();
}
