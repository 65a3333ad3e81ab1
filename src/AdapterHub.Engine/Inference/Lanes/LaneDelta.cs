using AdapterHub.Engine.Models;
using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>Which lane each row of the input belongs to, shared by all layers of one pass.</summary>
internal sealed class LaneRoute
{
    /// <summary>(N) int64, or null where row i is lane i.</summary>
    public Tensor? Lanes { get; set; }
}

/// <summary>
/// The adapters of all lanes beside one frozen weight: y = x W^T + b + ((x A) c) B, the factors side by side and c a row of factors for each lane. One base
/// product serves the whole batch; a row pays for the adapters that its own lane has.
/// </summary>
internal sealed class LaneDelta(LaneRoute route, IReadOnlyList<ResidentAdapter> adapters, Tensor a, Tensor b, long[] segments) : ILayerDelta
{
    public IReadOnlyList<ResidentAdapter> Adapters { get; } = adapters;

    public int Rank => (int)segments[^1];

    /// <summary>Where the columns of each adapter begin, and the rank of all.</summary>
    public IReadOnlyList<long> Segments => segments;

    /// <summary>c (L, R) f32; null while no lane changes this layer.</summary>
    public Tensor? Coefficients { get; set; }

    /// <summary>(L, out): what the adapters' biases add in each lane; null where none has one.</summary>
    public Tensor? Biases { get; set; }

    /// <summary>Where it shares its first product with other layers; null for one of its own.</summary>
    public LaneShrink? Shrink { get; set; }

    public Tensor A => a;

    public bool RequiresGrad => false;

    public Tensor Forward(LinearLayer layer, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (Coefficients is null)
            return Fused.Linear(x, layer.Weight, layer.Bias);
        var y = Shrink is { } shrink
            ? shrink.Add(Fused.Linear(x, layer.Weight, layer.Bias), x, b, this, route.Lanes)
            : Fused.LaneLinear(x, layer.Weight, layer.Bias, a, b, Coefficients, route.Lanes, segments);
        return Biases is null ? y : y.Add_(route.Lanes is null ? Biases : Biases.IndexSelect(0, route.Lanes));
    }

    public Tensor Forward(EmbeddingLayer table, Tensor ids, Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(rows);
        if (Coefficients is null)
            return rows;
        var c = route.Lanes is null ? Coefficients : Coefficients.IndexSelect(0, route.Lanes);
        return rows.Addmm(ids.EmbedWith(a).Mul(c.To(rows.DType)), b);
    }
}
