using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Blending;

/// <summary>
/// The weighted sum of a module in factors (PEFT calls it "cat"): sum k_i B_i A_i = B A with A = rows [k_i A_i] and B = columns [B_i]. A
/// convolution's kernel is flattened into the columns of A, so its delta is a matrix like any other.
/// </summary>
/// <remarks>
/// All of k goes to A. Then B's bits are the parents' own, every element of A is rounded once, and a k that is a power of two loses nothing at
/// all; sqrt |k| on both would round twice, and never exactly.
/// </remarks>
internal sealed class StackedFactors
{
    private readonly long[] _kernel;

    private StackedFactors(IReadOnlyList<Share> shares)
    {
        var shape = LayerShape.Of(shares[0].Module);
        (_kernel, Outputs, Inputs) = (shape.Kernel, shape.Outputs, shape.Inputs);
        Rank = shares.Sum(share => share.Module.Rank);
        A = new float[checked(Rank * Inputs)];
        B = new float[checked(Outputs * Rank)];
        var row = 0;
        foreach (var share in shares)
        {
            CopyA(share, row);
            CopyB(share.Module, row);
            row += share.Module.Rank;
        }
    }

    private StackedFactors(StackedFactors like, float[] a, float[] b, int rank) =>
        (_kernel, Outputs, Inputs, A, B, Rank) = (like._kernel, like.Outputs, like.Inputs, a, b, rank);

    private StackedFactors(LayerShape shape, float[] a, float[] b, int rank) =>
        (_kernel, Outputs, Inputs, A, B, Rank) = (shape.Kernel, shape.Outputs, shape.Inputs, a, b, rank);

    /// <summary>R, the ranks of the shares added up.</summary>
    public int Rank { get; }

    public int Outputs { get; }

    public int Inputs { get; }

    /// <summary>(R, in), row-major.</summary>
    public float[] A { get; }

    /// <summary>(out, R), row-major.</summary>
    public float[] B { get; }

    /// <param name="shares">At least one; all of the same kind and sizes.</param>
    public static StackedFactors Stack(IReadOnlyList<Share> shares) => new(shares);

    /// <param name="shape">Of the layer.</param>
    /// <param name="a">(k, in)</param>
    /// <param name="b">(out, k)</param>
    /// <param name="rank">k</param>
    public static StackedFactors From(LayerShape shape, float[] a, float[] b, int rank) => new(shape, a, b, rank);

    /// <summary>Other factors for a layer of these sizes.</summary>
    public StackedFactors With(float[] a, float[] b, int rank) => new(this, a, b, rank);

    /// <summary>As a module of scale 1, in the layout that <paramref name="like"/> has.</summary>
    public LoraModule ToModule(LoraModule like, AdapterTensor? bias, bool fanInFanOut, SafetensorsDtype dtype) => new()
    {
        Path = like.Path,
        Kind = like.Kind,
        A = AdapterTensor.FromSingles(A, [Rank, .. _kernel], dtype),
        B = AdapterTensor.FromSingles(B, like.Kind == LoraModuleKind.Conv2d ? [Outputs, Rank, 1, 1] : [Outputs, Rank], dtype),
        BiasB = bias,
        Rank = Rank,
        Alpha = Rank,
        FanInFanOut = fanInFanOut,
    };

    /// <summary>The factors a module has after its own rounding.</summary>
    public StackedFactors Reread(LoraModule module) => With(module.A.ToSingles(), module.B.ToSingles(), module.Rank);

    private void CopyA(Share share, int row)
    {
        var source = share.Module.A.ToSingles();
        var target = A.AsSpan(row * Inputs, source.Length);
        for (var i = 0; i < source.Length; i++)
            target[i] = (float)(share.K * source[i]);
    }

    private void CopyB(LoraModule module, int column)
    {
        var source = module.B.ToSingles().AsSpan();
        for (var o = 0; o < Outputs; o++)
            source.Slice(o * module.Rank, module.Rank).CopyTo(B.AsSpan(o * Rank + column));
    }
}
